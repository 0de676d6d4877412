/**
 * The legend of a scale: its colours with numbers and how the values lie on them, what more colour means, what is
 * hatched, what lies beyond; and, where a person may, the one intensity and the thresholds.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { t } from "../text";
import { quantity } from "../theme/format";
import { categoryColour } from "../theme/palette";
import { categoryOf, isClipped, valueAt, type ColourScale, type ScaleChanges } from "../theme/scales";
import { base } from "../theme/styles";
import { legendStyles } from "./legend-styles";
import { rangeOf, type ThresholdChange } from "./scale-bar";
import { boundOf, FREE, remaining, type Bound } from "./thresholds";
import "./scale-bar";

export class ScaleChange extends Event {
  static readonly type = "scale-change";
  constructor(readonly changes: ScaleChanges) {
    super(ScaleChange.type);
  }
}

/** Up to so many doublings of the intensity. */
const DOUBLINGS = 4;

@customElement("tessera-legend")
export class Legend extends LitElement {
  static override styles = [base, legendStyles];

  @property({ attribute: false }) scale: ColourScale | null = null;
  /** Every number on the scale, once. */
  @property({ attribute: false }) values: ArrayLike<number> = [];
  @property() unit = "";
  @property() label = "";
  /** What more colour means, in one sentence. */
  @property() reads = "";
  /** Whether intensity and thresholds can be set here. */
  @property({ type: Boolean }) adjustable = false;

  protected override render(): TemplateResult {
    const missing = some(this.values, (value) => Number.isNaN(value));
    const beyond = this.scale !== null && some(this.values, (value) => this.clips(value));
    return html`
      <div class="row">
        ${this.bar()} ${missing ? html`<span><span class="swatch"></span> ${t("legend.missing")}</span>` : nothing}
        ${beyond ? html`<span><span class="swatch beyond"></span> ${t("legend.beyond")}</span>` : nothing}
      </div>
      ${this.remains()} ${this.reads === "" ? nothing : html`<p>${this.reads}</p>`} ${this.controls()}
    `;
  }

  private bar(): TemplateResult | typeof nothing {
    if (this.scale === null) return nothing;
    if (this.scale.kind === "categorical") return this.names(this.scale);
    return html`<tessera-scale-bar
      .scale=${this.scale}
      .values=${this.values}
      .unit=${this.unit}
      .label=${this.label}
      .adjustable=${this.adjustable}
      @threshold-change=${({ threshold }: ThresholdChange) => this.change({ threshold })}
    ></tessera-scale-bar>`;
  }

  /** Every name with its colour, and how many there are of it. */
  private names(scale: ColourScale): TemplateResult {
    const counts = new Map<number, number>();
    Array.prototype.forEach.call(this.values, (value: number) => {
      if (!Number.isNaN(value)) counts.set(Math.round(value), (counts.get(Math.round(value)) ?? 0) + 1);
    });
    const shown = new Set([...(scale.categories ?? []).keys(), ...counts.keys()]);
    return html`<ul class="row" aria-label=${this.label}>
      ${[...shown].map(
        (index) =>
          html`<li>
            <span class="swatch named" style="background: ${categoryColour(index)}"></span>
            ${categoryOf(scale, index)} <span class="count">${counts.get(index) ?? 0}</span>
          </li>`,
      )}
    </ul>`;
  }

  private remains(): TemplateResult {
    const { shown, total } = remaining(this.values, this.scale ?? { kind: "sequential", low: 0, high: 0 });
    const said = this.scale?.threshold === undefined ? "" : t("legend.remain", { shown, total, dimmed: total - shown });
    return html`<p class="remain" role="status" ?hidden=${said === ""}>${said}</p>`;
  }

  private controls(): TemplateResult | typeof nothing {
    if (!this.adjustable || this.scale === null || this.scale.kind === "categorical") return nothing;
    const changed = this.scale.intensity !== undefined || this.scale.threshold !== undefined;
    return html`<details>
      <summary>${t("legend.adjust")} <span class="now">${this.full(this.scale)}</span></summary>
      <div class="row controls">
        <label class="row">
          ${t("legend.intensity")}
          <input
            type="range"
            min="0"
            max=${DOUBLINGS}
            step="0.25"
            .value=${String(Math.log2(this.scale.intensity ?? 1))}
            aria-valuetext=${this.full(this.scale)}
            @input=${(event: Event) => this.change({ intensity: 2 ** (event.target as HTMLInputElement).valueAsNumber })}
          />
        </label>
        ${this.bound(0)} ${this.bound(1)}
        <button
          class="quiet"
          ?hidden=${!changed}
          @click=${() => this.change({ intensity: undefined, threshold: undefined })}
        >
          ${t("band.reset")}
        </button>
      </div>
    </details>`;
  }

  /** From which number the colour is full, and half full. */
  private full(scale: ColourScale): string {
    const signed = scale.kind === "diverging" ? "±" : "";
    const [full, half] = [1, 0.5].map((at) => signed + quantity(valueAt(scale, at), this.unit));
    return t("legend.full", { full: full ?? "", half: half ?? "" });
  }

  private bound(bound: Bound): TemplateResult | typeof nothing {
    if (this.scale === null) return nothing;
    const [least, most] = rangeOf(this.scale);
    const value = boundOf(this.scale, bound);
    const type = (event: Event): void => {
      const typed = (event.target as HTMLInputElement).valueAsNumber;
      const [below, above] = this.scale?.threshold ?? FREE;
      const next = Number.isNaN(typed) ? null : typed;
      this.change({ threshold: bound === 0 ? [next, above] : [below, next] });
    };
    return html`<label class="row">
      ${t(bound === 0 ? "legend.below" : "legend.above")}
      <input
        type="number"
        step="any"
        placeholder=${quantity(bound === 0 ? least : most, "")}
        .value=${value === null ? "" : String(value)}
        @change=${type}
      />
      ${this.unit}
    </label>`;
  }

  private change(changes: ScaleChanges): void {
    this.dispatchEvent(new ScaleChange(changes));
  }

  private clips(value: number): boolean {
    return this.scale !== null && isClipped(this.scale, value);
  }
}

/** Without a copy: texts are long. */
const some = (values: ArrayLike<number>, holds: (value: number) => boolean): boolean =>
  Array.prototype.some.call(values, holds);

declare global {
  interface HTMLElementTagNameMap {
    "tessera-legend": Legend;
  }
}
