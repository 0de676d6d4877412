/** What becomes of a target when units are removed, replaced or masked: what is asked, and what scores had predicted. */
import type {
  JobsRequest,
  JobState,
  MethodEntry,
  ResolvedTarget,
  Result,
  ResultState,
  RunState,
  Target,
} from "../contract";
import { decoded } from "../contract/arrays";
import { askedOf, requests, targetOf } from "./targets";

export const WHAT_IF = "what_if";

export type Action = "remove" | "replace" | "mask";

/** As the method's parameter has it. */
export interface Edit {
  strip: string;
  units: readonly number[];
  action: Action;
  text?: string;
  ids?: readonly number[];
}

/** What a person has chosen to do with selected units. */
export interface Trial {
  action: Action;
  /** What comes instead, typed; or a token. */
  text: string;
  token: { id: number; text: string } | null;
  /** What stands in masked tokens' places, and what covers masked patches. */
  mask: string;
  patch: string;
}

export const TRIAL: Trial = { action: "remove", text: "", token: null, mask: "mask", patch: "grey" };

export const MASKS = ["mask", "pad", "mean", "zero"] as const;
export const PATCHES = ["grey", "mean", "blurred", "zero"] as const;

/** Units that are selected on one strip. */
export interface Selection {
  strip: Result["strips"][number];
  units: readonly number[];
}

/** Why units cannot be changed; null when they can. */
export function hindrance(
  selections: readonly Selection[],
  target: ResolvedTarget | null,
): "special" | "target" | "nothing" | null {
  const every = selections.flatMap(({ strip, units }) => units.map((unit) => ({ strip, unit })));
  if (every.some(({ strip, unit }) => strip.units[unit]?.special === true)) return "special";
  const start = target?.start ?? null;
  if (target !== null && start !== null && every.some(({ strip, unit }) => strip.id === target.strip && unit >= start))
    return "target";
  return every.some(({ strip, unit }) => isChangeable(strip, unit)) ? null : "nothing";
}

const isChangeable = (strip: Selection["strip"], unit: number): boolean =>
  strip.units[unit]?.id != null || strip.units[unit]?.kind === "patch";

/** Runs of neighbouring units, half-open. */
export function runsOf(units: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const unit of units.toSorted((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last?.[1] === unit) last[1] = unit + 1;
    else runs.push([unit, unit + 1]);
  }
  return runs;
}

/** What was typed, with the white space around that the units have whose place it takes. */
export function fitted(typed: string, { strip, units }: Selection): string {
  const text = units.map((unit) => strip.units[unit]?.text ?? "").join("");
  const [before, after] = [/^\s*/.exec(text)?.[0] ?? "", /\s*$/.exec(text)?.[0] ?? ""];
  const own = /^\s/.test(typed) ? "" : before;
  return own + typed + (text.trim() === "" || /\s$/.test(typed) ? "" : after);
}

export function editsOf(selections: readonly Selection[], trial: Trial): Edit[] {
  return selections
    .filter(({ units }) => units.length > 0)
    .map((selection) => {
      const { strip, units } = selection;
      const action = strip.grid === null ? trial.action : "mask";
      const edit: Edit = { strip: strip.id, units, action };
      if (action !== "replace") return edit;
      return trial.token ? { ...edit, ids: [trial.token.id] } : { ...edit, text: fitted(trial.text, selection) };
    });
}

/** A result's own target, as a request names it: what the model would say next is asked for as that. */
export function targetAgain(result: Pick<Result, "strips" | "target">): Target | null {
  const { target, strips } = result;
  if (target === null) return null;
  const asked = targetOf(askedOf(target));
  const strip = strips.find(({ id }) => id === target.strip);
  if (target.start === null || strip?.units[target.start]?.segment !== "predicted") return asked;
  const { quantity, contrast } = asked;
  return { strip: target.strip, next: true, ...(quantity ? { quantity } : {}), ...(contrast ? { contrast } : {}) };
}

export function trialRequest(
  result: Pick<Result, "strips" | "target">,
  model: string,
  selections: readonly Selection[],
  trial: Trial,
): JobsRequest {
  const target = targetAgain(result);
  const edits = editsOf(selections, trial);
  const masks = edits.some(({ action }) => action === "mask");
  const image = selections.some(({ strip, units }) => strip.grid !== null && units.length > 0);
  const params = { edits, ...(masks && image ? { patch: trial.patch } : masks ? { mask: trial.mask } : {}) };
  return { models: [model], methods: [{ key: WHAT_IF, params }], targets: target === null ? [] : [target] };
}

const same = (one: ResolvedTarget, other: ResolvedTarget): boolean =>
  JSON.stringify(askedOf(one)) === JSON.stringify(askedOf(other)) &&
  JSON.stringify(one.ids) === JSON.stringify(other.ids);

/** Whether a result of a job answers, or will answer, for this target. What explains none goes with all. */
export function answersFor(
  { id, job: owner }: ResultState,
  of: Pick<Result, "strips" | "target">,
  run: Pick<RunState, "jobs">,
  fetched: (id: string) => Result | null,
): boolean {
  if (of.target === null) return true;
  const own = fetched(id)?.target;
  if (own) return same(own, of.target);
  const wanted = run.jobs.find((job) => job.id === owner)?.targets ?? [];
  const again = targetAgain(of);
  const [target] = wanted;
  if (again === null || wanted.length > 1) return false;
  if (target === undefined) return false;
  if (target.next === true || again.next === true) return target.next === true && again.next === true;
  return requests(target, askedOf(of.target));
}

/** What was tried on this target of this model, the latest first. */
export function triesOf(
  result: Pick<Result, "strips" | "target">,
  { model }: Pick<JobState, "model">,
  run: RunState,
  fetched: (id: string) => Result | null,
): ResultState[] {
  const own = new Set(run.jobs.filter((job) => job.model === model).map(({ id }) => id));
  return run.results
    .filter(({ method, job }) => method.key === WHAT_IF && own.has(job))
    .filter((one) => answersFor(one, result, run, fetched))
    .toReversed();
}

export interface Prediction {
  method: string;
  /** The change that the scores of the units predict, in the target's quantity; null where they predict none. */
  change: number | null;
}

/**
 * What each importance result of the run that explains this very target predicts of taking units away: −Σ of their
 * scores, where the method's scores add up.
 */
export function predictions(
  edits: readonly Edit[],
  of: Pick<Result, "strips" | "target">,
  { model }: Pick<JobState, "model">,
  known: { run: RunState; methods: readonly MethodEntry[]; fetched: (id: string) => Result | null },
): Prediction[] {
  const { run, methods, fetched } = known;
  const own = new Set(run.jobs.filter((job) => job.model === model).map(({ id }) => id));
  const found = new Map<string, Prediction>();
  for (const { id, job, method } of run.results) {
    const card = methods.find(({ key }) => key === method.key);
    const result = own.has(job) ? fetched(id) : null;
    if (!card || !result || !isImportance(card)) continue;
    const explains = result.target !== null && of.target !== null && same(result.target, of.target);
    if (card.explains && !explains) continue;
    const change = card.additive && explains ? predicted(result, edits) : null;
    const key = JSON.stringify(method);
    found.set(key, { method: method.key, change });
  }
  return [...found.values()];
}

/** Whether a method gives every unit a score of importance. */
export const isImportance = ({ lens, produces }: Pick<MethodEntry, "lens" | "produces">): boolean =>
  lens === "importance" && produces.includes("scores");

/** −Σ of the scores of the edited units; null where none of them has one. */
export function predicted({ panels }: Pick<Result, "panels">, edits: readonly Edit[]): number | null {
  const scores = edits.flatMap(({ strip, units }) => {
    const panel = panels.find((one) => one.kind === "scores" && one.strip === strip);
    const track = panel?.kind === "scores" ? panel.tracks[0] : undefined;
    if (!track || track.axes.length > 0) return [];
    const { data } = decoded(track.values);
    return units.map((unit) => data[unit] ?? NaN).filter((score) => !Number.isNaN(score));
  });
  return scores.length === 0 ? null : -scores.reduce((sum, score) => sum + score, 0);
}

/** The edits that a result was asked for. */
export function triedEdits({ params }: ResultState["method"]): Edit[] {
  const edits = params?.edits;
  return Array.isArray(edits) ? (edits as Edit[]) : [];
}
