/** Spans drawn over units: with the pointer from one to another, or with shift and arrows. */
import { UnitReach } from "./events";

export class Spanning {
  private from: number | null = null;
  private to: number | null = null;
  /** Where shift was first held with an arrow. */
  private anchor: number | null = null;
  private extending = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly active: { pointer: () => boolean; keys: () => boolean },
  ) {}

  readonly pointerdown = (event: PointerEvent): void => {
    this.anchor = null;
    if (!this.active.pointer() || event.button !== 0 || event.shiftKey || event.pointerType === "touch") return;
    this.from = unitAt(event);
    this.to = this.from;
    window.addEventListener("pointerup", () => (this.from = null), { once: true });
  };

  readonly pointerover = (event: PointerEvent): void => {
    const unit = unitAt(event);
    if (this.from === null || unit === null || unit === this.to) return;
    this.to = unit;
    this.reach(this.from, unit);
  };

  readonly keydown = (event: KeyboardEvent): void => {
    // Shift itself is a key, too.
    if (event.key === "Shift") return;
    this.extending = this.active.keys() && event.shiftKey && event.key.startsWith("Arrow");
    if (!this.extending) this.anchor = null;
    else this.anchor ??= unitAt(event);
  };

  readonly focusin = (event: FocusEvent): void => {
    const unit = unitAt(event);
    if (!this.extending || this.anchor === null || unit === null) return;
    this.reach(this.anchor, unit);
  };

  private reach(one: number, other: number): void {
    this.host.dispatchEvent(new UnitReach(Math.min(one, other), Math.max(one, other) + 1));
  }
}

function unitAt({ target }: Event): number | null {
  const element = target instanceof Element ? target.closest("[data-unit]") : null;
  return element === null ? null : Number(element.getAttribute("data-unit"));
}
