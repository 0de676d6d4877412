/** Which result answers for a chosen target, and what has to be asked when none does yet. */
import type { JobsRequest, JobState, MethodEntry, ModelEntry, Result, ResultState, RunState } from "../contract";
import { defaultMethod, reads, suits } from "../forms/fit";
import { FIDELITY } from "./believe";
import { requests, resolves, targetOf, type Asked } from "./targets";

export type { Asked } from "./targets";

/** The results of one method (with equal parameters) on one model: several, when several targets were asked. */
export interface Answering {
  key: string;
  job: JobState;
  results: ResultState[];
}

export function answering({ jobs, results }: RunState): Answering[] {
  const groups = new Map<string, Answering>();
  for (const result of results) {
    const job = jobs.find(({ id }) => id === result.job);
    if (!job) continue;
    const { key: method, params, roles } = result.method;
    const key = JSON.stringify([job.model, method, params ?? {}, roles ?? {}]);
    const group = groups.get(key);
    if (group) group.results.push(result);
    else groups.set(key, { key, job, results: [result] });
  }
  return [...groups.values()];
}

/** The result that explains what is asked, will, or failed to; null when there is none. */
export function answerTo(
  asked: Asked,
  { results }: Pick<Answering, "results">,
  run: RunState,
  fetched: (id: string) => Result | null,
): ResultState | null {
  const isAsked = ({ id, job }: ResultState): boolean => {
    const target = fetched(id)?.target;
    if (target && resolves(target, asked)) return true;
    const wanted = run.jobs.find((known) => known.id === job)?.targets ?? [];
    return wanted.length === 1 && wanted[0] !== undefined && requests(wanted[0], asked);
  };
  return results.findLast((result) => isAsked(result) && result.state !== "cancelled") ?? null;
}

/**
 * What to ask about a target on one model: the run's own explaining methods that have no answer yet, or a failed
 * one (asking again may help: a worker is lost, memory is short), or, when the run has none, the first of the catalogue that suits the model. Null when everything is asked already.
 */
export function question(
  asked: Asked,
  model: string,
  run: RunState,
  known: { methods: readonly MethodEntry[]; models: readonly ModelEntry[] },
  fetched: (id: string) => Result | null,
): JobsRequest | null {
  const explains = (key: string): boolean =>
    known.methods.some((method) => method.key === key && method.explains && !method.follows && key !== FIDELITY);
  const groups = answering(run).filter(
    ({ job, results }) => job.model === model && explains(results[0]?.method.key ?? ""),
  );
  const open = groups.filter((group) => (answerTo(asked, group, run, fetched)?.state ?? "failed") === "failed");
  const calls = open.flatMap(({ results }) => results[0]?.method ?? []);
  const methods = groups.length > 0 ? calls : fallback(asked, model, known);
  if (methods.length === 0) return null;
  return { models: [model], methods, targets: [targetOf(asked)] };
}

function fallback(
  asked: Asked,
  model: string,
  { methods, models }: { methods: readonly MethodEntry[]; models: readonly ModelEntry[] },
): JobsRequest["methods"] {
  const entry = models.find(({ key }) => key === model);
  const kind = asked.from === undefined ? "image" : "text";
  const able = methods.filter(
    (method) =>
      method.explains &&
      !method.follows &&
      method.key !== FIDELITY &&
      reads(method, [kind]) &&
      entry &&
      suits(entry, method),
  );
  const first = defaultMethod(able);
  return first ? [{ key: first.key }] : [];
}
