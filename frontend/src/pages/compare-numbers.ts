/** The numbers below a comparison: how far both agree, where they differ most, and their figures. */
import { html, nothing, type TemplateResult } from "lit";

import type { Result } from "../contract";
import type { Comparing } from "../state/comparing";
import { isCut } from "../state/boundaries";
import { agreement, largest, type Agreement, type Difference } from "../state/measured";
import { t } from "../text";
import { number, percent, quantity } from "../theme/format";
import { columnName, differenceOf, valueOf, type Told } from "./compare-card";

const LISTED = 12;

export interface Listening {
  change: (changes: Partial<Comparing>) => void;
  jump: (column: number) => void;
}

/** Of signed numbers what is greatest is so by size: what speaks against a target matters, too. */
const bySize = ({ sides }: Told): boolean => sides.some(({ scale }) => scale.kind === "diverging");

const row = (label: unknown, value: unknown): TemplateResult =>
  html`<tr>
    <th scope="row">${label}</th>
    <td>${value}</td>
  </tr>`;

export function agreementTable(told: Told, { k }: Comparing, { change }: Listening): TemplateResult {
  const found = agreement(told.comparison, bySize(told), k);
  const { unit } = told.sides[0].track;
  // Of counts of tokens, nearly all of them 1, ranks say nothing.
  const ranked = found.same === null && !isCut(told.sides);
  return html`<section>
    <h2>${t("compare.agreement")}</h2>
    <table class="agreement">
      <tbody>
        ${row(t("compare.aligned"), number(found.count))} ${ranked ? correlations(found) : nothing}
        ${ranked ? row(topLabel(found, k, change), topValue(found, k)) : nothing}
        ${found.same === null ? nothing : row(t("compare.share-same"), percent(found.same))}
        ${found.apart === null ? nothing : row(t("compare.mean-apart"), quantity(found.apart, unit))} ${totals(told)}
      </tbody>
    </table>
    ${ranked ? html`<p class="small muted">${t("compare.top-how")}</p>` : nothing}
  </section>`;
}

function correlations({ spearman, kendall }: Agreement): TemplateResult {
  return html`${row(t("compare.spearman"), spearman === null ? t("compare.undefined") : number(spearman))}
  ${kendall === null ? nothing : row(t("compare.kendall"), number(kendall))}`;
}

function topLabel({ bySize: size }: Agreement, k: number, change: Listening["change"]): TemplateResult {
  const changed = (event: Event): void => {
    const wanted = Math.round((event.target as HTMLInputElement).valueAsNumber);
    if (wanted >= 1) change({ k: wanted });
  };
  return html`${t("compare.top")}
    <input
      class="k"
      type="number"
      min="1"
      step="1"
      .value=${String(k)}
      aria-label=${t("compare.top-k")}
      @change=${changed}
    />
    ${size ? t("compare.top-greatest") : t("compare.top-highest")}`;
}

function topValue({ top }: Agreement, k: number): string {
  if (top === null) return t("compare.top-all");
  const shared = number(top.share * k);
  const { share, chance, jaccard } = top;
  return t("compare.top-value", {
    ...{ shared, k: number(k), share: percent(share), chance: percent(chance), jaccard: number(jaccard) },
  });
}

/** The sums of what is aligned, where sums mean something on both sides. */
function totals({ comparison, sides }: Told): TemplateResult | typeof nothing {
  if (comparison.rules.some((rule) => rule !== "sum") || comparison.kind === "picture") return nothing;
  const both = comparison.columns.filter(({ equal, a, b }) => equal && !Number.isNaN(a) && !Number.isNaN(b));
  const [a, b] = [both.reduce((sum, column) => sum + column.a, 0), both.reduce((sum, column) => sum + column.b, 0)];
  return row(t("compare.total"), `${quantity(a, sides[0].track.unit)} · ${quantity(b, sides[1].track.unit)}`);
}

export function differenceList(told: Told, { order }: Comparing, { change, jump }: Listening): TemplateResult {
  const { smoothing, signed, list } = largest(told.measured, order, LISTED);
  const ranks = told.measured.measure === "ranks";
  const s = ranks ? number(smoothing) : quantity(smoothing, told.sides[0].track.unit);
  const ratios = !signed && order === "ratio" && told.measured.differenceScale.kind !== "categorical";
  return html`<section>
    <div class="row">
      <h2>${t("compare.largest")}</h2>
      <label class="row small muted">
        ${t("compare.order")}
        <select
          @change=${(event: Event) => change({ order: (event.target as HTMLSelectElement).value as Comparing["order"] })}
        >
          ${(["ratio", "difference"] as const).map(
            (one) => html`<option value=${one} ?selected=${one === order}>${t(`compare.order-${one}`)}</option>`,
          )}
        </select>
      </label>
    </div>
    ${list.length === 0 ? html`<p>${t("compare.equal")}</p>` : differences(told, list, ratios, jump)}
    <p class="small muted">
      ${
        order === "difference"
          ? t("compare.formula-difference")
          : t(signed ? "compare.formula-signed" : "compare.formula-ratio", { s })
      }
    </p>
  </section>`;
}

function differences(
  told: Told,
  list: readonly Difference[],
  ratios: boolean,
  jump: Listening["jump"],
): TemplateResult {
  const { sides, comparison } = told;
  return html`<div class="scroll-x">
    <table class="differences">
      <thead>
        <tr>
          <th scope="col">${t("compare.unit")}</th>
          <th scope="col" class="number">A</th>
          <th scope="col" class="number">B</th>
          <th scope="col" class="number">B − A</th>
          ${ratios ? html`<th scope="col" class="number">${t("compare.ratio")}</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${list.map(({ column, ratio }) => {
          const name = columnName(told, column);
          return html`<tr>
            <th scope="row">
              <button aria-label=${t("compare.jump", { name })} @click=${() => jump(column)}>${name}</button>
            </th>
            <td class="number">${valueOf(sides[0], comparison.columns[column]?.a ?? NaN)}</td>
            <td class="number">${valueOf(sides[1], comparison.columns[column]?.b ?? NaN)}</td>
            <td class="number">${differenceOf(told, column)}</td>
            ${ratios ? html`<td class="number">${ratio === null ? "" : `× ${number(ratio)}`}</td>` : nothing}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** Figures that both results have, and B − A. */
export function figureTable(a: Result, b: Result): TemplateResult | typeof nothing {
  const names = Object.keys(a.figures).filter((name) => b.figures[name]?.unit === a.figures[name]?.unit);
  const rows = names.flatMap((name) => {
    const [one, other] = [a.figures[name], b.figures[name]];
    if (one?.value == null || other?.value == null || one.label !== other.label) return [];
    const step = other.value - one.value;
    return [
      html`<tr>
        <th scope="row">${one.label}</th>
        <td class="number">${quantity(one.value, one.unit)}</td>
        <td class="number">${quantity(other.value, one.unit)}</td>
        <td class="number">${step > 0 ? "+" : ""}${quantity(step, one.unit)}</td>
      </tr>`,
    ];
  });
  if (rows.length === 0) return nothing;
  return html`<section>
    <h2>${t("compare.figures")}</h2>
    <table>
      <thead>
        <tr>
          <th></th>
          <th scope="col" class="number">A</th>
          <th scope="col" class="number">B</th>
          <th scope="col" class="number">B − A</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}
