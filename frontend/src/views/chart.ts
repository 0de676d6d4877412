/** A chart, the scale of its colours where it has one, and its numbers. */
import { html, nothing, type TemplateResult } from "lit";

import type { ChartPanel } from "../contract";
import { gridScale } from "../marks/grid-scale";
import { t } from "../text";
import { chart as numbers } from "./tables";
import "../marks/chart";
import "../marks/legend";

export function chart(panel: ChartPanel): TemplateResult {
  return html`<section class="panel-chart" aria-label=${panel.label}>
    <h4>${panel.label}</h4>
    <tessera-chart .panel=${panel}></tessera-chart>
    ${panel.mark === "grid" ? colours(panel) : nothing}
    <details class="small">
      <summary>${t("chart.numbers")}</summary>
      ${numbers(panel)}
    </details>
  </section>`;
}

const colours = (panel: ChartPanel): TemplateResult =>
  html`<tessera-legend
    .scale=${gridScale(panel)}
    .values=${panel.series.flatMap(({ y }) => y.map((value) => value ?? NaN))}
    .unit=${panel.y.unit}
    .label=${panel.y.label}
  ></tessera-legend>`;
