/** A run's question about another text, and where its answer stands beside the old one. */
import type { Result, ResultState, RunRequest, RunState } from "../contract";
import { again } from "./again";

import { BEGIN, type Comparing } from "./comparing";
import { partsOf } from "./side";

/** The text that a person gave; null where a run reads none. */
export const promptOf = ({ sources }: Pick<RunState, "sources">): string | null =>
  sources.find(({ kind }) => kind === "text")?.text ?? null;

/** The same methods, models and settings for another text; what else the run reads stays. */
export function editedRequest(run: RunState, text: string): RunRequest {
  const { generate, ...request } = again(run, run.generate?.seed ?? 0);
  return {
    ...request,
    text,
    source_ids: run.sources.filter(({ kind }) => kind !== "text").map(({ id }) => id),
    // What it went on with belongs to the old text.
    generate: generate ? { ...generate, begin: [] } : null,
    branch: null,
  };
}

/** The answer of another run to the same question: the same method and parameters on the same model. */
export function counterpart(state: ResultState, run: RunState, other: RunState): ResultState | null {
  const modelOf = ({ job }: ResultState, { jobs }: RunState): string | null =>
    jobs.find(({ id }) => id === job)?.model ?? null;
  const call = ({ method: { key, params, roles } }: ResultState): string =>
    JSON.stringify([key, params ?? {}, roles ?? {}]);
  const found = other.results.filter((one) => call(one) === call(state) && modelOf(one, other) === modelOf(state, run));
  return found[0] ?? null;
}

/** The first answer of a run that can be compared, beside that of its edit; null where there is none. */
export function besideEdit(run: RunState, edit: RunState, fetched: (id: string) => Result | null): Comparing | null {
  for (const state of run.results) {
    const result = fetched(state.id);
    const part = result === null ? undefined : partsOf(result)[0];
    const other = counterpart(state, run, edit);
    if (part === undefined || other === null) continue;
    const place = { panel: part.panel, part: part.part };
    return {
      ...{ ...BEGIN, edited: true },
      a: { at: `runs/${run.id}`, result: state.id, ...place },
      b: { at: `runs/${edit.id}`, result: other.id, ...place },
    };
  }
  return null;
}
