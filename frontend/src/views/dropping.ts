/** A list that drops from a button: inside the window wherever the button is, and gone when the page moves. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Between the button and the list (px). */
const GAP = 4;
/** Between the list and the window's sides (px). */
const EDGE = 8;

export class Dropping implements ReactiveController {
  constructor(
    host: ReactiveControllerHost,
    private readonly parts: () => { button: HTMLElement; list: HTMLElement },
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("scroll", this.close, { passive: true });
  }

  hostDisconnected(): void {
    window.removeEventListener("scroll", this.close);
  }

  /** Below the button, or above it where there is more room. */
  place(): void {
    const { button, list } = this.parts();
    const { left, bottom, top } = button.getBoundingClientRect();
    const { width, height } = list.getBoundingClientRect();
    const below = bottom + GAP + height < innerHeight || innerHeight - bottom > top;
    list.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
    list.style.top = `${below ? Math.min(bottom + GAP, innerHeight - height - EDGE) : Math.max(EDGE, top - GAP - height)}px`;
  }

  private readonly close = (): void => {
    const { list } = this.parts();
    if (list.matches(":popover-open")) list.hidePopover();
  };
}
