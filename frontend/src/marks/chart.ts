/** A chart as wide as its place, with a legend that singles out a series. Its numbers stand beside it, as a table. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { ChartPanel } from "../contract";
import { t } from "../text";
import { categoryInk } from "../theme/palette";
import { base } from "../theme/styles";

type Plots = typeof import("./plots");

const WIDEST = 680;

@customElement("tessera-chart")
export class Chart extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        min-inline-size: 0;
        contain: inline-size;
      }
      .stage {
        min-block-size: 12rem;
        display: grid;
        gap: 0.25rem;
      }
      .stage.only .series {
        opacity: 0.12;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.25rem;
        font-size: 0.8125rem;
      }
      .legend button {
        min-block-size: 1.75rem;
        padding: 0 0.5rem;
      }
      .key {
        display: inline-block;
        inline-size: 0.9em;
        block-size: 0.7em;
        margin-inline-end: 0.4em;
        border-radius: 0.15em;
      }
    `,
    // A chart rarely has more lines than eyes can follow; those beyond the twentieth stay faint together.
    Array.from(
      { length: 20 },
      (_, series) => css`
        .stage[data-only="${series}"] .series-${series} {
          opacity: 1;
        }
      `,
    ),
  ];

  @property({ attribute: false }) panel!: ChartPanel;
  @state() private width = 0;
  @state() private plots: Plots | null = null;
  @state() private failed = false;
  @state() private pointed: number | null = null;
  @state() private locked: number | null = null;
  private pictures: SVGElement[] = [];
  private readonly watch = new ResizeObserver(() => this.measure());

  override connectedCallback(): void {
    super.connectedCallback();
    this.measure();
    this.watch.observe(this);
    import("./plots").then(
      (plots) => (this.plots = plots),
      () => (this.failed = true),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watch.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.plots === null || this.width === 0) return;
    const drawn = changed.has("panel") || changed.has("width") || changed.has("plots");
    if (drawn) this.pictures = this.plots.drawChart(this.panel, this.width);
  }

  protected override render(): TemplateResult {
    if (this.failed) return html`<p class="small muted">${t("chart.failed")}</p>`;
    const only = this.locked ?? this.pointed;
    return html`<div
        class="stage ${only === null ? "" : "only"}"
        data-only=${only ?? ""}
        role="img"
        aria-label=${chartSummary(this.panel)}
        aria-busy=${this.plots === null}
      >
        ${this.pictures}
      </div>
      ${named(this.panel) ? this.legend() : nothing}`;
  }

  private legend(): TemplateResult {
    const only = (series: number | null) => (): void => void (this.pointed = series);
    return html`<div class="legend" role="group" aria-label=${t("chart.alone")}>
      ${this.panel.series.map(
        ({ label }, series) =>
          html`<button
            class="quiet"
            aria-pressed=${this.locked === series}
            @pointerenter=${only(series)}
            @pointerleave=${only(null)}
            @focus=${only(series)}
            @blur=${only(null)}
            @click=${() => (this.locked = this.locked === series ? null : series)}
          >
            <span class="key" style="background: ${categoryInk(series)}"></span>${label}
          </button>`,
      )}
    </div>`;
  }

  private measure(): void {
    this.width = Math.min(WIDEST, Math.floor(this.clientWidth) || WIDEST);
  }
}

/** Whether series are told apart by colour; a grid names them as rows, a reliability diagram has one and its counts. */
const named = ({ mark, series }: ChartPanel): boolean =>
  mark !== "grid" && series.filter(({ label }) => mark !== "reliability" || label !== "count").length > 1;

/** `Line chart: probability by share removed. 2 series: this order, random. The numbers are in the table.` */
export function chartSummary({ mark, label, x, y, series }: ChartPanel): string {
  const what = `${t(`chart.${mark}`)}${label === "" ? "" : ` “${label}”`}`;
  const names = series.map((one) => one.label).join(", ");
  return [
    t("chart.says", { what, y: y.label, x: x.label }),
    ...(series.length > 1 ? [t("chart.series", { n: String(series.length), names })] : []),
    t("chart.table"),
  ].join(" ");
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-chart": Chart;
  }
}
