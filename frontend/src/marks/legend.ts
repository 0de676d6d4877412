/** The legend of a scale: its colours with numbers, what is hatched, what lies beyond. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { number, quantity } from "../theme/format";
import { categoryColour } from "../theme/palette";
import { categoryOf, isClipped, type ColourScale } from "../theme/scales";
import { base } from "../theme/styles";

@customElement("tessera-legend")
export class Legend extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        font-size: 0.8125rem;
        color: var(--muted);
      }
      .scale {
        inline-size: min(18rem, 100%);
      }
      .bar {
        block-size: 0.7rem;
        border-radius: 0.2rem;
        border: 1px solid var(--line);
        background: linear-gradient(in oklab to right, var(--paper), var(--high));
        print-color-adjust: exact;
      }
      .bar.diverging {
        background: linear-gradient(in oklab to right, var(--low), var(--paper), var(--high));
      }
      .ticks {
        display: flex;
        justify-content: space-between;
        font-variant-numeric: tabular-nums;
      }
      .swatch {
        display: inline-block;
        inline-size: 1.4em;
        block-size: 0.8em;
        vertical-align: -0.05em;
        border: 1px solid var(--line);
        background: repeating-linear-gradient(135deg, var(--hatch) 0 1px, transparent 1px 5px);
      }
      .swatch.beyond {
        background: var(--high);
        border-block-start: 2px dotted var(--ink);
      }
      .row {
        gap: 0.25rem 1rem;
      }
      .count {
        font-variant-numeric: tabular-nums;
        color: var(--ink);
      }
      p {
        margin-block-start: 0.4rem;
        max-inline-size: 72ch;
        color: var(--ink);
      }
    `,
  ];

  @property({ attribute: false }) scale: ColourScale | null = null;
  @property({ attribute: false }) values: ArrayLike<number> = [];
  @property() unit = "";
  @property() label = "";
  /** What more colour means, in one sentence. */
  @property() reads = "";

  protected override render(): TemplateResult {
    const missing = some(this.values, (value) => Number.isNaN(value));
    const beyond = this.scale !== null && some(this.values, (value) => this.clips(value));
    return html`
      <div class="row">
        ${this.bar()} ${missing ? html`<span><span class="swatch"></span> no value</span>` : nothing}
        ${beyond ? html`<span><span class="swatch beyond"></span> beyond the scale</span>` : nothing}
      </div>
      ${this.reads === "" ? nothing : html`<p>${this.reads}</p>`}
    `;
  }

  private bar(): TemplateResult | typeof nothing {
    if (this.scale === null) return nothing;
    if (this.scale.kind === "categorical") return this.names(this.scale);
    const { kind, low, high } = this.scale;
    return html`<div
      class="scale"
      role="img"
      aria-label=${`${this.label}: ${number(low)} to ${quantity(high, this.unit)}`}
    >
      <div class="bar ${kind}"></div>
      <div class="ticks" aria-hidden="true">
        <span>${number(low)}</span><span>${number((low + high) / 2)}</span><span>${quantity(high, this.unit)}</span>
      </div>
    </div>`;
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
