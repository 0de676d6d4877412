/**
 * A scale with its numbers: how the values lie on it, the colour of each place, and two thresholds that can be drawn
 * along it or moved by keys.
 */
import { css, html, LitElement, nothing, svg, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { t } from "../text";
import { number, quantity } from "../theme/format";
import { place, valueAt, type ColourScale, type Threshold } from "../theme/scales";
import { base } from "../theme/styles";
import { along, counts, endsOf, median, ticks } from "./histogram";
import { bounded, boundOf, FREE, held, moved, type Bound } from "./thresholds";

export class ThresholdChange extends Event {
  static readonly type = "threshold-change";
  constructor(readonly threshold: Threshold) {
    super(ThresholdChange.type, { bubbles: true, composed: true });
  }
}

const PARTS = 32;
/** Places at which the bar's colour is worked out; between them it is mixed. */
const STOPS = 16;

@customElement("tessera-scale-bar")
export class ScaleBar extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        inline-size: min(20rem, 100%);
        font-variant-numeric: tabular-nums;
      }
      .stage {
        position: relative;
      }
      .stage.adjustable {
        padding-block-end: 0.55rem;
      }
      .values {
        display: block;
        inline-size: 100%;
        block-size: 1.5rem;
        fill: color-mix(in oklab, var(--muted) 70%, var(--paper));
      }
      .values .out {
        opacity: 0.35;
      }
      .bar {
        position: relative;
        block-size: 0.7rem;
        border-radius: 0.2rem;
        border: 1px solid var(--line);
        overflow: hidden;
        print-color-adjust: exact;
      }
      .out.part {
        position: absolute;
        inset-block: 0;
        background:
          repeating-linear-gradient(45deg, var(--muted) 0 1px, transparent 1px 4px),
          color-mix(in oklab, var(--paper) 85%, transparent);
      }
      .ticks {
        position: relative;
        block-size: 1.35em;
      }
      .ticks span {
        position: absolute;
        inset-inline-start: calc(var(--at) * 100%);
        transform: translateX(-50%);
        white-space: nowrap;
      }
      .ticks span:first-child {
        transform: none;
      }
      .ticks span:last-child:not(:first-child) {
        inset-inline: auto 0;
        transform: none;
      }
      .handle {
        position: absolute;
        inset-block: 0 0;
        inset-inline-start: calc(var(--at) * 100%);
        inline-size: 1.5rem;
        margin-inline-start: -0.75rem;
        cursor: ew-resize;
        touch-action: none;
        outline-offset: -2px;
        border-radius: 0.2rem;
      }
      .handle::before {
        content: "";
        position: absolute;
        inset-block: 0.2rem 0.5rem;
        inset-inline-start: calc(50% - 1px);
        inline-size: 2px;
        background: var(--ink);
        opacity: 0;
      }
      .handle::after {
        content: "";
        position: absolute;
        inset-block-end: 0;
        inset-inline-start: calc(50% - 0.35rem);
        border: 0.35rem solid transparent;
        border-block-start-width: 0;
        border-block-end: 0.5rem solid var(--muted);
      }
      .handle.set::before,
      .handle:hover::before,
      .handle:focus-visible::before {
        opacity: 1;
      }
      .handle.set::after,
      .handle:hover::after {
        border-block-end-color: var(--ink);
      }
    `,
  ];

  @property({ attribute: false }) scale!: ColourScale;
  @property({ attribute: false }) values: ArrayLike<number> = [];
  @property() unit = "";
  @property() label = "";
  /** Whether the thresholds can be moved. */
  @property({ type: Boolean }) adjustable = false;
  private bins: readonly number[] = [];
  private middle = NaN;
  private dragged: Bound | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("values") && !changed.has("scale")) return;
    this.bins = counts(this.values, this.scale, PARTS);
    this.middle = median(this.values);
  }

  protected override render(): TemplateResult {
    const [from, to] = endsOf(this.scale);
    const said = t("legend.scale", { label: this.label, from: number(from), to: quantity(to, this.unit) });
    const half = Number.isNaN(this.middle) ? "" : t("legend.median", { value: quantity(this.middle, this.unit) });
    return html`<div class="stage ${this.adjustable ? "adjustable" : ""}">
        <div role="img" aria-label=${[said, half].filter(Boolean).join("; ")}>
          ${this.histogram()}
          <div class="bar" style="background: ${gradient(this.scale)}">${this.outside()}</div>
        </div>
        ${this.adjustable ? [this.handle(0), this.handle(1)] : nothing}
      </div>
      <div class="ticks" aria-hidden="true">
        ${ticks(this.scale).map(
          (tick, at, all) =>
            html`<span style="--at: ${along(this.scale, tick)}"
              >${at === all.length - 1 ? quantity(tick, this.unit) : number(tick)}</span
            >`,
        )}
      </div>`;
  }

  /** The tallest bar fills the height; a single value can still be seen. */
  private histogram(): TemplateResult {
    const most = Math.max(1, ...this.bins);
    const [from, to] = endsOf(this.scale);
    return html`<svg class="values" viewBox="0 0 ${PARTS} 1" preserveAspectRatio="none" aria-hidden="true">
      ${this.bins.map((count, part) => {
        const height = count === 0 ? 0 : Math.max(0.06, count / most);
        const middle = from + ((part + 0.5) / PARTS) * (to - from);
        const out = held(this.scale, middle) ? "" : "out";
        return svg`<rect class=${out} x=${part + 0.12} y=${1 - height} width="0.76" height=${height}></rect>`;
      })}
    </svg>`;
  }

  private outside(): TemplateResult[] {
    return bounded(this.scale).map(
      ([start, end]) => html`<span class="out part" style="inset-inline: ${100 * start}% ${100 * (1 - end)}%"></span>`,
    );
  }

  private handle(bound: Bound): TemplateResult {
    const value = boundOf(this.scale, bound);
    const [least, most] = rangeOf(this.scale);
    const at = value ?? (bound === 0 ? least : most);
    const side = bound === 0 ? "below" : "above";
    return html`<span
      class="handle ${value === null ? "" : "set"}"
      style="--at: ${along(this.scale, at)}"
      role="slider"
      tabindex="0"
      aria-label=${t(`legend.${side}.name`)}
      aria-valuemin=${least}
      aria-valuemax=${most}
      aria-valuenow=${at}
      aria-valuetext=${value === null ? t("legend.unbounded") : quantity(value, this.unit)}
      title=${t(`legend.${side}.name`)}
      @pointerdown=${(event: PointerEvent) => this.press(event, bound)}
      @pointermove=${this.drag}
      @pointerup=${this.release}
      @pointercancel=${this.release}
      @keydown=${(event: KeyboardEvent) => this.key(event, bound)}
    ></span>`;
  }

  private press(event: PointerEvent, bound: Bound): void {
    const handle = event.currentTarget as HTMLElement;
    handle.setPointerCapture(event.pointerId);
    handle.focus();
    event.preventDefault();
    this.dragged = bound;
  }

  private drag(event: PointerEvent): void {
    if (this.dragged === null) return;
    const { left, width } = this.getBoundingClientRect();
    const [from, to] = endsOf(this.scale);
    this.change(this.dragged, from + ((event.clientX - left) / width) * (to - from));
  }

  private release(): void {
    this.dragged = null;
  }

  private key(event: KeyboardEvent, bound: Bound): void {
    const to = moved(this.scale, bound, event);
    if (to === undefined) return;
    event.preventDefault();
    this.change(bound, to);
  }

  private change(bound: Bound, to: number | null): void {
    const [least, most] = rangeOf(this.scale);
    const [below, above] = this.scale.threshold ?? FREE;
    if (bound === 0) {
      const next = to === null || to <= least ? null : Math.min(to, above ?? most);
      this.dispatchEvent(new ThresholdChange([rounded(next, most - least), above]));
    } else {
      const next = to === null || to >= most ? null : Math.max(to, below ?? least);
      this.dispatchEvent(new ThresholdChange([below, rounded(next, most - least)]));
    }
  }
}

/** What thresholds can be: of a signed scale, sizes. */
export const rangeOf = (scale: ColourScale): readonly [number, number] =>
  scale.kind === "diverging" ? [0, scale.high] : [scale.low, scale.high];

/** To a two-hundredth of the scale, and no further digits. */
function rounded(value: number | null, range: number): number | null {
  if (value === null) return null;
  const digits = Math.max(0, Math.ceil(-Math.log10(range / 200)));
  return Number(value.toFixed(Math.min(12, digits)));
}

/** The colours of the bar, from left to right: a place stands where its value does. */
export function gradient(scale: ColourScale): string {
  const [from, to] = endsOf(scale);
  const free = { ...scale, threshold: FREE };
  const edges =
    scale.intensity === undefined ? [] : [valueAt(free, 1), ...(scale.kind === "diverging" ? [valueAt(free, -1)] : [])];
  const values = [...Array.from({ length: STOPS + 1 }, (_, stop) => from + (stop / STOPS) * (to - from)), ...edges];
  const stops = values
    .toSorted((one, other) => one - other)
    .map((value) => {
      const at = place(free, value);
      const end = at < 0 ? "--low" : "--high";
      const full = (100 * Math.abs(at)).toFixed(1);
      return `color-mix(in oklab, var(--paper), var(${end}) ${full}%) ${(100 * along(scale, value)).toFixed(1)}%`;
    });
  return `linear-gradient(in oklab to right, ${stops.join(", ")})`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-scale-bar": ScaleBar;
  }
}
