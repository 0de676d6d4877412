/** What a run's results have to be told about going on from another token. */
import type { JobState, MethodCall, MethodEntry, Result, RunRequest, RunState } from "../contract";
import { branchAt, callsOf } from "../state/branch";
import type { PanelContext } from "../views/context";

/** Asks what the job was asked, of the text with another token in it; null on a page where nobody may ask. */
export function branching(
  run: RunState,
  job: JobState,
  methods: readonly MethodEntry[],
  start: (request: RunRequest) => void,
): PanelContext["branch"] {
  if (!run.mine) return null;
  const quick = ({ key }: MethodCall): boolean => {
    const method = methods.find((known) => known.key === key);
    return method !== undefined && !method.background && !method.explains;
  };
  return (strip, at) => {
    const request = branchAt(run, job, strip, at, callsOf(run.results, job, quick));
    return request === null ? null : (token) => start(request(token));
  };
}

/** Alternatives that some result of the job has found. */
export function alternativesIn(
  { results }: RunState,
  job: JobState,
  fetched: (id: string) => Result | null,
): PanelContext["alternatives"] {
  return (strip) => {
    for (const { id, job: owner } of results) {
      const result = owner === job.id ? fetched(id) : null;
      const same = result?.strips.find((other) => other.id === strip.id);
      if (same?.units.length !== strip.units.length) continue;
      const panel = result?.panels.find((one) => one.kind === "alternatives" && one.strip === strip.id);
      if (panel?.kind === "alternatives") return panel;
    }
    return null;
  };
}
