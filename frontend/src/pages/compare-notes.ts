/** What a comparison says in words: what was edited, how both were brought together, what cannot be compared. */
import { html, nothing, type TemplateResult } from "lit";

import type { Result, SegmentationsPanel, Strip } from "../contract";
import { boundaries, isCut, sharedBytes } from "../state/boundaries";
import type { Comparison, Side } from "../state/compare";
import type { Fetched } from "../state/side";
import { ViewStore } from "../state/view";
import { t } from "../text";
import { number } from "../theme/format";
import type { Told } from "./compare-card";
import "../views/segmentations";

/** More changes than this are two texts, not an edit. */
const MOST_CHANGES = 60;

/** The prompt with what was taken out and put in; only where that is worth a look. */
export function editNote({ changes, kind }: Comparison, edited: boolean): TemplateResult | typeof nothing {
  const count = changes.filter(({ kind: what }) => what !== "same").length;
  if (kind !== "text" || count === 0 || (!edited && count > MOST_CHANGES)) return nothing;
  // White space is kept, so nothing may stand around the parts.
  const parts = changes.map(({ kind: what, text }) => {
    if (what === "removed") return html`<del>${text}</del>`;
    return what === "added" ? html`<ins>${text}</ins>` : text;
  });
  // prettier-ignore
  return html`<section>
    <h2 class="small muted">${t("compare.edit")}</h2>
    <p class="edit" dir="auto" tabindex="0">${parts}</p>
  </section>`;
}

type Ready = Fetched & { kind: "ready" };

/** What both models went on to say, or decided, where that was asked. */
export function answers(a: Ready, b: Ready, edited: boolean): TemplateResult | typeof nothing {
  const [one, other] = [answerOf(a), answerOf(b)];
  if (!edited || (one === null && other === null)) return nothing;
  return html`<section>
    <h2 class="small muted">${t("compare.answers")}</h2>
    <div class="answers">
      <p dir="auto">${one ?? "–"}</p>
      <p dir="auto">${other ?? "–"}</p>
    </div>
  </section>`;
}

function answerOf({ run, state, result }: Ready): string | null {
  const said = run.jobs.find(({ id }) => id === state.job)?.continuation?.text;
  if (said !== undefined && said !== "") return said;
  const { target } = result;
  return target === null ? null : (target.class_label ?? target.text);
}

const RULES = {
  sum: "compare.rule-sum",
  mean: "compare.rule-mean",
  min: "compare.rule-min",
  max: "compare.rule-max",
} as const;

export function notes(told: Told): TemplateResult {
  const { comparison, sides } = told;
  const lines = [
    ...(typeof comparison.scale === "string" ? [apart(comparison.scale, sides)] : []),
    ...(comparison.joined && comparison.kind === "picture" ? [t("compare.pixels")] : []),
    ...(comparison.joined && comparison.kind === "text" ? [joining(told)] : []),
    ...(comparison.columns.some(({ equal }) => !equal) ? [t("compare.hatched")] : []),
    ...cutting(sides),
  ];
  return html`${lines.map((line) => html`<p class="small muted note">${line}</p>`)}`;
}

function apart(why: "units" | "quantities" | "categories", [a, b]: Told["sides"]): string {
  const unit = ({ track }: Side): string => (track.unit === "" ? t("compare.no-unit") : track.unit);
  return t(`compare.apart-${why}`, { a: unit(a), b: unit(b) });
}

function joining({ comparison, sides }: Told): string {
  const rule = (at: 0 | 1): string => {
    const own = comparison.rules[at];
    return t(own === null ? "compare.rule-none" : RULES[own]);
  };
  const tokens = ({ strip }: Side): string => number(strip.units.length);
  return t("compare.joined", {
    count: comparison.columns.filter(({ equal }) => equal).length,
    ...{ a: tokens(sides[0]), b: tokens(sides[1]), ruleA: rule(0), ruleB: rule(1) },
  });
}

function cutting(sides: Told["sides"]): string[] {
  const found = isCut(sides) ? boundaries(sides[0].strip, sides[1].strip) : null;
  if (found === null) return [];
  const { shared, onlyA: a, onlyB: b, jaccard } = found;
  const counts = { shared: number(shared), a: number(a), b: number(b), jaccard: number(jaccard) };
  return [`${t("compare.boundaries")}: ${t("compare.boundaries-value", counts)}`];
}

/** Two tokenizers' cuts of one text, one row under the other; null where the texts differ. */
export function rows([a, b]: Told["sides"], result: Result): TemplateResult | null {
  if (boundaries(a.strip, b.strip) === null) return null;
  const strips: Strip[] = [
    { ...a.strip, id: "a", label: `A · ${a.strip.label}` },
    { ...b.strip, id: "b", label: `B · ${b.strip.label}` },
  ];
  const panel: SegmentationsPanel = {
    ...{ kind: "segmentations", strips: ["a", "b"], metrics: [], notes: [] },
    shared: sharedBytes(a.strip, b.strip),
  };
  const look = new ViewStore().look("compare");
  const context = {
    ...{ result: { ...result, strips }, look, sources: [], truth: null, asked: null, explain: null },
    ...{ branch: null, alternatives: null, others: [] },
  };
  return html`<tessera-segmentations .panel=${panel} .context=${context}></tessera-segmentations>`;
}
