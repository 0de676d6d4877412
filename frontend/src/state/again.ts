/** The question of a run once more. */
import type { MethodCall, RunRequest, RunState } from "../contract";
import { WHAT_IF } from "./what-if";

/** The request that a run came from, with this seed; questions about single targets are left out. */
export function again(run: RunState, seed: number): RunRequest {
  const first = new Set(run.jobs.filter(({ targets }) => targets.length === 0).map(({ id }) => id));
  const asked = run.results.filter(({ job, method }) => first.has(job) && method.key !== WHAT_IF);
  const calls = asked.map(({ method }) => method);
  return {
    source_ids: run.sources.map(({ id }) => id),
    reading: run.reading,
    models: [...new Set(run.jobs.flatMap(({ model }) => model ?? []))],
    methods: distinct(calls),
    generate: run.generate === null ? null : { ...run.generate, seed },
    branch: run.branch,
  };
}

function distinct(calls: readonly MethodCall[]): MethodCall[] {
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}
