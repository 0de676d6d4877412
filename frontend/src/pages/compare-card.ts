/** What the pop-up and a screen reader say of a column: both sides' units with their numbers, and B − A. */
import { html, nothing, type TemplateResult } from "lit";

import type { Comparison, Side } from "../state/compare";
import type { Measured } from "../state/measured";
import { t } from "../text";
import { number, quantity } from "../theme/format";
import { categoryOf } from "../theme/scales";
import { nameOf } from "../tokens/describe";
import type { Range } from "../tokens/spans";
import { quoted } from "../tokens/visible";
import { textOf } from "../state/merged";

export interface Told {
  comparison: Comparison;
  measured: Measured;
  sides: readonly [Side, Side];
  names: readonly [string, string];
}

/** How units are called: one by its name, several by what they say together. */
export function namesOf({ strip }: Side, range: Range | null): string {
  const units = range === null ? [] : strip.units.slice(...range);
  const [only] = units;
  if (units.length === 1 && only !== undefined) return nameOf(only);
  return units.length === 0 ? t("compare.nothing") : quoted(textOf(units));
}

/** How a column is called: by B's units, or by A's where there are none. */
export function columnName({ comparison, sides }: Told, column: number): string {
  const { one = null, other = null } = comparison.columns[column] ?? {};
  return other === null ? namesOf(sides[0], one) : namesOf(sides[1], other);
}

/** A number of a side as it was computed, with its unit, or the name that stands for it. */
export function valueOf({ track, scale }: Side, value: number): string {
  if (Number.isNaN(value)) return t("compare.no-value");
  return (track.scale === "categorical" ? categoryOf(scale, value) : null) ?? quantity(value, track.unit);
}

/** B − A on what is compared: a number with its sign, ranks as such, categories as same or not. */
export function differenceOf({ measured, sides }: Told, column: number): string {
  const value = measured.difference[column] ?? NaN;
  if (Number.isNaN(value)) return t("compare.no-value");
  const { differenceScale } = measured;
  if (differenceScale.kind === "categorical") return categoryOf(differenceScale, value) ?? "";
  const sign = value > 0 ? "+" : "";
  return sign + (measured.measure === "ranks" ? number(value) : quantity(value, sides[0].track.unit));
}

function ranked({ measured }: Told, place: number): string {
  return measured.measure === "ranks" && !Number.isNaN(place)
    ? ` · ${t("compare.rank", { place: number(place) })}`
    : "";
}

export function spokenColumn(told: Told, column: number): string {
  const found = told.comparison.columns[column];
  if (found === undefined) return "";
  const name = columnName(told, column);
  const [a, b] = [valueOf(told.sides[0], found.a), valueOf(told.sides[1], found.b)];
  if (found.one === null) return t("compare.spoken-only-b", { name, b });
  if (found.other === null) return t("compare.spoken-only-a", { name, a });
  return t("compare.spoken", { name, a, b, difference: differenceOf(told, column) });
}

export function columnCard(told: Told, column: number): TemplateResult {
  const found = told.comparison.columns[column];
  if (found === undefined) return html``;
  const { one, other, equal, a, b } = found;
  const { measured, sides, names } = told;
  return html`
    <div class="title">${columnName(told, column)}</div>
    <dl>
      <dt>${names[0]}</dt>
      <dd>${one === null ? t("compare.nothing") : valueOf(sides[0], a) + ranked(told, measured.a[column] ?? NaN)}</dd>
      <dt>${names[1]}</dt>
      <dd>${other === null ? t("compare.nothing") : valueOf(sides[1], b) + ranked(told, measured.b[column] ?? NaN)}</dd>
      ${
        equal
          ? html`<dt>B − A</dt>
              <dd class="shown">${differenceOf(told, column)}</dd>`
          : nothing
      }
    </dl>
    ${tokens(told, 0, one)} ${tokens(told, 1, other)}
  `;
}

const MOST_TOKENS = 8;

/** Of which units a number is made, where they are several, or say something else than those of the other side. */
function tokens({ sides, names, comparison }: Told, at: 0 | 1, range: Range | null): TemplateResult | typeof nothing {
  if (range === null || comparison.kind === "picture" || range[1] - range[0] < 2) return nothing;
  const { strip, values, track } = sides[at];
  const parts = strip.units
    .slice(range[0], Math.min(range[1], range[0] + MOST_TOKENS))
    .map((unit, step) => `${nameOf(unit)} ${quantity(values[range[0] + step], track.unit)}`);
  return html`<div class="fine">
    ${names[at]}: ${parts.join(" · ")}${range[1] - range[0] > MOST_TOKENS ? " …" : ""}
  </div>`;
}
