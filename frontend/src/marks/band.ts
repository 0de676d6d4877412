/** A slot for each layer (head, step, …): click for one, drag for a range, arrows to move. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Axis } from "../contract";
import { base } from "../theme/styles";

export type Selection = readonly [first: number, last: number];

export class BandChange extends Event {
  static readonly type = "band-change";
  constructor(readonly selection: Selection) {
    super(BandChange.type);
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
  private anchor: number | null = null;

  protected override render(): TemplateResult {
    const [first, last] = this.selection;
    const moved = first !== this.initial[0] || last !== this.initial[1];
    return html`
      <span class="muted" id="name">${this.axis.name}</span>
      <div
        class="slots"
        role="slider"
        tabindex="0"
        aria-labelledby="name"
        aria-valuemin="0"
        aria-valuemax=${this.axis.values.length - 1}
        aria-valuenow=${first}
        aria-valuetext=${describeSelection(this.axis, this.selection)}
        @pointerdown=${this.start}
        @pointermove=${this.drag}
        @pointerup=${this.end}
        @pointercancel=${this.end}
        @keydown=${this.key}
      >
        ${this.axis.values.map((_, slot) => html`<span class="slot ${slot >= first && slot <= last ? "on" : ""}"></span>`)}
      </div>
      <span class="value">${describeSelection(this.axis, this.selection)}</span>
      <button class="quiet" ?hidden=${!moved} @click=${() => this.change(this.initial)}>Reset</button>
    `;
  }

  private slotAt(event: PointerEvent): number {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const slot = Math.floor(((event.clientX - left) / width) * this.axis.values.length);
    return Math.max(0, Math.min(this.axis.values.length - 1, slot));
  }

  private start(event: PointerEvent): void {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.anchor = this.slotAt(event);
    this.change([this.anchor, this.anchor]);
  }

  private drag(event: PointerEvent): void {
    if (this.anchor === null) return;
    const slot = this.slotAt(event);
    this.change([Math.min(this.anchor, slot), Math.max(this.anchor, slot)]);
  }

  private end(): void {
    this.anchor = null;
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const end = { Home: 0, End: this.axis.values.length - 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    const [first, last] = this.selection;
    const limit = this.axis.values.length - 1;
    if (event.shiftKey && step !== undefined) {
      this.change([first, clamp(last + step, first, limit)]);
      return;
    }
    const slot = end ?? clamp(first + (step ?? 0), 0, limit);
    this.change([slot, slot]);
  }

  private change(selection: Selection): void {
    if (selection[0] === this.selection[0] && selection[1] === this.selection[1]) return;
    this.dispatchEvent(new BandChange(selection));
  }
}

/** `layer 3`, `mean of layers 2–5`, `mean of all 12 layers`. */
export function describeSelection({ name, values }: Axis, [first, last]: Selection): string {
  if (first === last) return `${name} ${values[first] ?? first}`;
  if (first === 0 && last === values.length - 1) return `mean of all ${values.length} ${name}s`;
  return `mean of ${name}s ${values[first] ?? first}–${values[last] ?? last}`;
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

declare global {
  interface HTMLElementTagNameMap {
    "tessera-band": Band;
  }
}
