/** One try: the edited input, what really changed against what was predicted, and the answer before and after. */
import { html, nothing, type TemplateResult } from "lit";

import type { JobState, MethodEntry, ResolvedTarget, Result, ResultState, Strip } from "../contract";
import { caveatOf } from "../forms/cards";
import { turnOf } from "../theme/expected";
import { percent, quantity } from "../theme/format";
import { isUnfinished } from "../state/run";
import { predictions, triedEdits, type Edit, type Prediction } from "../state/what-if";
import { t } from "../text";
import { aligned } from "../tokens/align";
import { quoted } from "../tokens/visible";
import { changeBars, signed } from "../views/change-bars";
import type { PanelContext } from "../views/context";
import { isGrid } from "../views/context";
import { coveredPicture } from "../views/covered-picture";
import { editedText, piecesOf, textOfIds } from "../views/edited-text";
import { nameOf } from "./chapters";
import type { Known } from "./explaining";
import { problemNote } from "./problem";

/** How many candidates are shown of each side. */
const CANDIDATES = 6;

export interface Tried {
  known: Known;
  state: ResultState;
  job: JobState;
  /** The result on which it was tried. */
  of: Result;
  context: PanelContext;
}

export function tryView(tried: Tried, open: boolean): TemplateResult {
  const { state, known } = tried;
  const result = known.fetched(state.id);
  return html`<li>
    <details ?open=${open}>
      <summary>${headline(tried, result)}</summary>
      ${result === null ? waiting(tried) : body(tried, result)}
    </details>
  </li>`;
}

/** What was done, and what came of it, in a line. */
function headline({ state, of }: Tried, result: Result | null): TemplateResult {
  const change = result?.figures.change;
  const said = change?.value == null ? nothing : html` <strong>${signed(change.value, change.unit)}</strong>`;
  return html`<span>${triedEdits(state.method).map((edit) => done(edit, of))}</span>${said}`;
}

function done(edit: Edit, { strips }: Result): string {
  const strip = strips.find(({ id }) => id === edit.strip);
  const grid = strip !== undefined && isGrid(strip);
  const text = edit.units.map((unit) => strip?.units[unit]?.text ?? "").join("");
  const what = grid ? t("what-if.patches", { count: edit.units.length }) : quoted(text);
  return t(`what-if.did.${edit.action}`, { what });
}

function waiting({ state, job }: Tried): TemplateResult | typeof nothing {
  if (!isUnfinished(state)) {
    return state.state === "done" ? html`<p class="muted">${t("result.fetching")}</p>` : problemNote(state.problem);
  }
  const said = job.state === "queued" ? turnOf(job) : (state.progress?.message ?? t("result.computing"));
  return html`<div role="status">
    <progress max="1" .value=${state.progress?.fraction ?? null} aria-label=${t("result.far")}></progress>
    <p class="small muted">${said}</p>
  </div>`;
}

function body(tried: Tried, result: Result): TemplateResult {
  const { known, job, state } = tried;
  const edits = triedEdits(state.method);
  const { before, after, change, divergence } = result.figures;
  const found = predictions(edits, result, job, known);
  return html`
    ${edited(tried, edits, result)}
    <p>
      ${t("what-if.from-to", { before: valueOf(result.target, before?.value), after: valueOf(result.target, after?.value) })}
      <span class="muted small">${t("what-if.moved", { value: quantity(divergence?.value, "nat") })}</span>
    </p>
    ${change?.value == null ? nothing : bars(change.value, change.unit, found, known.methods)}
    ${unpredicted(found, known.methods)}
    ${edits.some(({ action }) => action === "replace") ? html`<p class="small muted">${t("what-if.only-loss")}</p>` : nothing}
    ${candidates(result)} ${answers(result)}
    <p class="small muted">${caveatOf(result)}</p>
  `;
}

/** A target's quantity, of log-probabilities with the probability that it stands for. */
function valueOf(target: ResolvedTarget | null, value: number | null | undefined): string {
  if (value == null || target === null) return quantity(value, "");
  const { quantity: kind, contrast_ids: contrast } = target;
  if (kind === "probability") return percent(value);
  if (kind === "logit" || contrast.length > 0) return quantity(value, kind === "logit" ? "" : "nat");
  return `${quantity(value, "nat")} (${percent(Math.exp(value))})`;
}

function bars(
  change: number,
  unit: string,
  found: readonly Prediction[],
  methods: readonly MethodEntry[],
): TemplateResult {
  const told = found.flatMap(({ method, change: predicted }) =>
    predicted === null
      ? []
      : [{ label: t("what-if.predicts", { method: nameOf(method, methods) }), change: predicted, real: false }],
  );
  return changeBars([{ label: t("what-if.really"), change, real: true }, ...told], unit);
}

function unpredicted(found: readonly Prediction[], methods: readonly MethodEntry[]): TemplateResult | typeof nothing {
  const names = found.filter(({ change }) => change === null).map(({ method }) => nameOf(method, methods));
  if (names.length === 0) return nothing;
  return html`<p class="small muted">${t("what-if.unpredicted", { methods: names.join(", ") })}</p>`;
}

function edited({ of, context }: Tried, edits: readonly Edit[], result: Result): TemplateResult[] {
  const touched = of.strips.filter(({ id }) => edits.some(({ strip }) => strip === id));
  return touched.map((strip) =>
    isGrid(strip)
      ? coveredPicture(context, strip, edits.find((edit) => edit.strip === strip.id)?.units ?? [])
      : editedText(piecesOf(strip, edits, (ids) => textOfIds(result, ids))),
  );
}

function candidates({ panels }: Result): TemplateResult | typeof nothing {
  const chart = panels.find(({ kind }) => kind === "chart");
  if (chart?.kind !== "chart") return nothing;
  const [before, after] = chart.series;
  const rows = (before?.x ?? []).map((name, index) => ({
    name: String(name),
    before: before?.y[index] ?? 0,
    after: after?.y[index] ?? 0,
  }));
  const sorted = rows.toSorted((one, other) => Math.max(other.before, other.after) - Math.max(one.before, one.after));
  const best = (side: "before" | "after"): string | undefined =>
    rows.toSorted((one, other) => other[side] - one[side])[0]?.name;
  return html`<div class="scroll-x">
    <table class="small">
      <caption>
        ${t("what-if.candidates")}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t("what-if.candidate")}</th>
          <th scope="col" class="number">${t("what-if.before")}</th>
          <th scope="col" class="number">${t("what-if.after")}</th>
        </tr>
      </thead>
      <tbody>
        ${sorted.slice(0, CANDIDATES).map(
          ({ name, ...shares }) =>
            html`<tr>
              <th scope="row" dir="auto">${quoted(name)}</th>
              ${(["before", "after"] as const).map(
                (side) =>
                  html`<td class="number ${best(side) === name ? "best" : ""}">
                    ${best(side) === name ? html`<span aria-label=${t("what-if.best")}>▸</span> ` : nothing}${percent(shares[side])}
                  </td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function answers({ strips }: Result): TemplateResult | typeof nothing {
  const [before, after] = ["before", "after"].map((id) => strips.find((strip) => strip.id === id));
  if (!before || !after) return nothing;
  const ids = (strip: Strip): (number | null | undefined)[] => strip.units.map(({ id }) => id);
  const forth = aligned(ids(before), ids(after));
  const shared = new Set(forth);
  const same = before.units.length === after.units.length && forth.every((unit) => unit >= 0);
  return html`<section aria-label=${t("what-if.answers")}>
      <div class="answers">
        ${side(t("what-if.before"), before, (unit) => !shared.has(unit))}
        ${side(t("what-if.after"), after, (unit) => (forth[unit] ?? -1) < 0)}
      </div>
    </section>
    ${same ? html`<p class="small muted">${t("what-if.same-answer")}</p>` : nothing}`;
}

function side(name: string, { units }: Strip, differs: (unit: number) => boolean): TemplateResult {
  const silent = html`<span class="muted">${t("what-if.nothing")}</span>`;
  const text = units.length === 0 ? silent : pieces(units, differs);
  return html`<div>
    <h5>${name}</h5>
    <p dir="auto">${text}</p>
  </div>`;
}

/** A text in as few pieces as its marks allow: white space between them would be seen. */
const pieces = (units: Strip["units"], differs: (unit: number) => boolean): TemplateResult[] =>
  units.map((unit, index) => (differs(index) ? html`<mark>${unit.text ?? ""}</mark>` : html`${unit.text ?? ""}`));
