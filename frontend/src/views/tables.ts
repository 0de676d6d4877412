/** Charts, branches and groups as tables of their numbers. */
import { html, type TemplateResult } from "lit";

import type { BranchesPanel, ChartPanel, GroupsPanel, Series } from "../contract";
import { number, quantity } from "../theme/format";
import { stripOf, type PanelContext } from "./context";

const MOST_ROWS = 500;

export function chart({ label, x, y, series, baseline }: ChartPanel): TemplateResult {
  const places = [...new Set(series.flatMap((one) => one.x))];
  const columns = series.map((one) => ({ ...one, at: new Map(one.x.map((place, index) => [place, index])) }));
  const notes = [
    ...(places.length > MOST_ROWS ? [`The first ${MOST_ROWS} of ${places.length} rows; the CSV has them all.`] : []),
    ...(baseline === null ? [] : [`Baseline: ${quantity(baseline, y.unit)}`]),
  ];
  return table(
    label,
    [named(x.label, x.unit), ...series.map((one) => `${one.label} (${named(y.label, y.unit)})`)],
    places
      .slice(0, MOST_ROWS)
      .map((place) => [
        typeof place === "number" ? number(place) : place,
        ...columns.map((one) => withRange(one, one.at.get(place) ?? -1, y.unit)),
      ]),
    notes.join(" "),
  );
}

/** `0.5 nat (0.4 to 0.6)`. */
function withRange({ y, low, high }: Series, index: number, unit: string): string {
  const [least, most] = [low?.[index] ?? null, high?.[index] ?? null];
  const range = least === null || most === null ? "" : ` (${number(least)} to ${number(most)})`;
  return `${quantity(y[index], unit)}${range}`;
}

export function branches({ nodes }: BranchesPanel, context: PanelContext): TemplateResult {
  const text = (id: string): string =>
    stripOf(context, id)
      .units.map((unit) => unit.text ?? "")
      .join("");
  return table(
    "Branches",
    ["Branch", "from", "text", "log-probability", "kept"],
    nodes.map(({ id, parent, strip, log_probability: score, kept }) => [
      id,
      parent ?? "the start",
      text(strip),
      quantity(score, "nat"),
      kept ? "yes" : "no",
    ]),
  );
}

export function groups({ groups: list }: GroupsPanel, context: PanelContext): TemplateResult {
  return table(
    "Groups",
    ["Group", "text", "value"],
    list.map(({ label, strip, ranges, value, unit }) => {
      const { units } = stripOf(context, strip);
      const parts = ranges.map(([from, to]) =>
        units
          .slice(from, to)
          .map((one) => one.text ?? "")
          .join(""),
      );
      return [label, parts.join(" … "), quantity(value, unit)];
    }),
  );
}

function table(caption: string, head: readonly string[], rows: readonly string[][], note = ""): TemplateResult {
  return html`<div class="scroll-x">
    <table class="small">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td dir="auto">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
    ${note === "" ? "" : html`<p class="small muted">${note}</p>`}
  </div>`;
}

const named = (label: string, unit: string): string => (unit === "" ? label : `${label}, ${unit}`);
