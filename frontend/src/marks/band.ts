/** A slot for each layer (head, step, …): hover to look at one, click for it, drag for a range, arrows to move. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Axis } from "../contract";
import { t } from "../text";
import { base } from "../theme/styles";

export type Selection = readonly [first: number, last: number];

export class BandChange extends Event {
  static readonly type = "band-change";
  constructor(readonly selection: Selection) {
    super(BandChange.type);
  }
}

/** One slot is looked at as long as the pointer is over it; null: no longer. */
export class BandPreview extends Event {
  static readonly type = "band-preview";
  constructor(readonly slot: number | null) {
    super(BandPreview.type);
  }
}

@customElement("tessera-band")
export class Band extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.6rem;
        align-items: center;
        font-size: 0.8125rem;
      }
      .slots {
        display: flex;
        flex: 1 1 12rem;
        max-inline-size: 26rem;
        border: 1px solid var(--line);
        border-radius: 0.3rem;
        overflow: hidden;
        touch-action: none;
        cursor: pointer;
      }
      .slot {
        flex: 1 1 0;
        min-inline-size: 3px;
        block-size: 1.4rem;
        background: var(--sunken);
        border-inline-end: 1px solid var(--paper);
      }
      .slot:last-child {
        border: 0;
      }
      .slot.on {
        background: var(--accent);
      }
      .slot:hover {
        box-shadow: inset 0 0 0 2px color-mix(in oklab, var(--accent), var(--ink) 40%);
      }
      .slot:hover:not(.on) {
        background: color-mix(in oklab, var(--accent) 35%, var(--sunken));
      }
      .value {
        min-inline-size: 8em;
        font-variant-numeric: tabular-nums;
      }
      button {
        min-block-size: 1.6rem;
        padding-block: 0;
      }
    `,
  ];

  @property({ attribute: false }) axis!: Axis;
  @property({ attribute: false }) selection: Selection = [0, 0];
  @property({ attribute: false }) initial: Selection = [0, 0];
  /** Where a range is held while its other end moves, by the pointer or by shift and arrows. */
  private anchor: number | null = null;
  private dragging = false;
  private looked: number | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.look(null);
  }

  protected override render(): TemplateResult {
    const [first, last] = this.selection;
    const moved = first !== this.initial[0] || last !== this.initial[1];
    return html`
      <span class="muted" id="name">${axisName(this.axis.name, 1)}</span>
      <div
        class="slots"
        role="slider"
        tabindex="0"
        aria-labelledby="name"
        aria-valuemin="0"
        aria-valuemax=${this.axis.values.length - 1}
        aria-valuenow=${this.end}
        aria-valuetext=${describeSelection(this.axis, this.selection)}
        title=${t("band.how")}
        @pointerdown=${this.press}
        @pointermove=${this.move}
        @pointerup=${this.release}
        @pointercancel=${this.release}
        @pointerleave=${() => this.look(null)}
        @keydown=${this.key}
      >
        ${this.axis.values.map((_, slot) => html`<span class="slot ${slot >= first && slot <= last ? "on" : ""}"></span>`)}
      </div>
      <span class="value">${describeSelection(this.axis, this.selection)}</span>
      <button class="quiet" ?hidden=${!moved} @click=${() => this.change(this.initial)}>${t("band.reset")}</button>
    `;
  }

  /** The end of the range that moves. */
  private get end(): number {
    const [first, last] = this.selection;
    return this.anchor === last ? first : last;
  }

  private slotAt(event: PointerEvent): number {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return this.inside(Math.floor(((event.clientX - left) / width) * this.axis.values.length));
  }

  private press(event: PointerEvent): void {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.dragging = true;
    this.look(null);
    this.reach(this.slotAt(event), event.shiftKey);
  }

  private move(event: PointerEvent): void {
    if (this.dragging) this.reach(this.slotAt(event), true);
    else if (event.pointerType === "mouse") this.look(this.slotAt(event));
  }

  private release(): void {
    this.dragging = false;
  }

  private look(slot: number | null): void {
    if (slot === this.looked) return;
    this.looked = slot;
    this.dispatchEvent(new BandPreview(slot));
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const end = { Home: 0, End: this.axis.values.length - 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    this.reach(this.inside(end ?? this.end + (step ?? 0)), event.shiftKey);
  }

  /** To this slot alone; or to it from where the range is held. */
  private reach(slot: number, extend: boolean): void {
    const [first, last] = this.selection;
    const held = this.anchor === last ? last : first;
    this.anchor = extend ? held : slot;
    this.change([Math.min(this.anchor, slot), Math.max(this.anchor, slot)]);
  }

  private inside(slot: number): number {
    return Math.max(0, Math.min(this.axis.values.length - 1, slot));
  }

  private change(selection: Selection): void {
    if (selection[0] === this.selection[0] && selection[1] === this.selection[1]) return;
    this.dispatchEvent(new BandChange(selection));
  }
}

/** `layer 3`, `mean of layers 2–5`, `mean of all 12 layers`. */
export function describeSelection({ name, values }: Axis, [first, last]: Selection): string {
  const [from, to] = [values[first] ?? first, values[last] ?? last];
  if (first === last) return t("band.one", { axis: axisName(name, 1), at: String(from) });
  if (first === 0 && last === values.length - 1) {
    return t("band.all", { axes: axisName(name, values.length), count: values.length });
  }
  return t("band.range", { axes: axisName(name, 2), from: String(from), to: String(to) });
}

/** What a leading axis is called, of one or of several of its values. */
export const axisName = (name: Axis["name"], count: number): string => t(`axis.${name}`, { count });

declare global {
  interface HTMLElementTagNameMap {
    "tessera-band": Band;
  }
}
