/** What a run's results have to be told about going on from another token. */
import type { JobState, MethodCall, MethodEntry, Result, RunRequest, RunState } from "../contract";
import { branchAt, callsOf } from "../state/branch";
import type { PanelContext } from "../views/context";
import { sameUnits } from "../tokens/same";
import { isOn } from "../views/linking";

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

/** Alternatives on a strip that some result of the same model has found: of the job itself, else of another one. */
export function alternativesIn(
  { jobs, results }: RunState,
  job: JobState,
  fetched: (id: string) => Result | null,
): PanelContext["alternatives"] {
  const same = new Set(jobs.filter(({ model }) => model === job.model).map(({ id }) => id));
  const near = results.filter(({ job: owner }) => owner === job.id);
  const far = results.filter(({ job: owner }) => owner !== job.id && same.has(owner));
  return (strip) => {
    for (const { id } of [...near, ...far]) {
      const result = fetched(id);
      const panel = result?.panels.find((one) => one.kind === "alternatives" && one.strip === strip.id);
      if (panel?.kind !== "alternatives") continue;
      if (
        sameUnits(
          result?.strips.find((other) => other.id === strip.id),
          strip,
        )
      )
        return panel;
    }
    return null;
  };
}

/** Links from or to a strip that the results of the job have. */
export function linksIn(
  { results }: RunState,
  job: JobState,
  fetched: (id: string) => Result | null,
): NonNullable<PanelContext["links"]> {
  return (strip) =>
    results.flatMap(({ id, job: owner }) => {
      const result = owner === job.id ? fetched(id) : null;
      if (
        !sameUnits(
          result?.strips.find((other) => other.id === strip.id),
          strip,
        )
      )
        return [];
      return result?.panels.filter((panel) => panel.kind === "links").filter((panel) => isOn(panel, strip)) ?? [];
    });
}
