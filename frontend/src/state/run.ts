/**
 * What the page knows about a run, and how news change it.
 *
 * News over the socket may be lost, late or doubled. Every change of a row raises the run's `seq`, so whatever shows
 * a `seq` above ours means that something was missed, and the whole state is fetched again; whatever shows one below
 * is old. Progress and deltas are not numbered and are applied as they come.
 */
import type {
  DeltaData,
  JobState,
  Problem,
  ProgressData,
  Prospect,
  ResultState,
  RunEvent,
  RunState,
  State,
} from "../contract";

/**
 * A token of the continuation as it arrived, with the probability that the model gave it; or, with none, a stretch of
 * tokens that only the stored text tells of. A token that ends inside a character has no text: the next one has it.
 */
export interface StreamedPart {
  tokens: number;
  text: string;
  probability: number | null;
}

export interface ReadyRun {
  kind: "ready";
  state: RunState;
  /** By job, what its model has generated so far. */
  streams: Readonly<Record<string, readonly StreamedPart[]>>;
}

type Prospects = Record<string, Prospect>;

export type Run = { kind: "loading" } | { kind: "failed"; problem: Problem } | ReadyRun;

export const UNFINISHED: readonly State[] = ["queued", "leased", "running"];

export const isUnfinished = ({ state }: { state: State }): boolean => UNFINISHED.includes(state);

/** A state as it was fetched. One that is older than what is known already changes nothing. */
export function fetched(run: Run, state: RunState): Run {
  if (run.kind === "ready" && run.state.seq > state.seq) return run;
  const known = run.kind === "ready" ? run.streams : {};
  const streams = Object.fromEntries(state.jobs.map((job) => [job.id, caughtUp(known[job.id] ?? [], job)]));
  return { kind: "ready", state, streams };
}

/** News. `stale` tells that the state has to be fetched again. */
export function receive(run: Run, event: RunEvent): { run: Run; stale: boolean } {
  if (run.kind !== "ready" || event.run !== run.state.id) return { run, stale: false };
  const missed = event.seq > run.state.seq;
  switch (event.kind) {
    case "state":
    case "result":
      return { run, stale: missed };
    case "heartbeat":
      return { run: moved(run, event.data.prospects as Prospects | undefined), stale: missed };
    case "progress":
      return { run: progressed(run, event.result, event.data as unknown as ProgressData), stale: missed };
    case "delta": {
      const { run: next, gap } = streamed(run, event.job, event.data as unknown as DeltaData);
      return { run: next, stale: missed || gap };
    }
  }
}

export const lengthOf = (parts: readonly StreamedPart[]): number => parts.reduce((sum, part) => sum + part.tokens, 0);

/** When jobs begin or end changes with those of other runs, which send us no news: each heartbeat tells it. */
function moved(run: ReadyRun, prospects: Prospects = {}): Run {
  const jobs = run.state.jobs.map((job): JobState => (isUnfinished(job) ? { ...job, ...prospects[job.id] } : job));
  return { ...run, state: { ...run.state, jobs } };
}

function progressed(run: ReadyRun, id: string | null, progress: ProgressData): Run {
  const results = run.state.results.map((result): ResultState =>
    result.id === id && isUnfinished(result) ? { ...result, progress } : result,
  );
  return { ...run, state: { ...run.state, results } };
}

function streamed(run: ReadyRun, job: string | null, delta: DeltaData): { run: Run; gap: boolean } {
  const known = (job === null ? undefined : run.streams[job]) ?? [];
  const length = lengthOf(known);
  if (job === null || delta.start !== length) return { run, gap: delta.start > length };
  const points = Array.from(delta.text);
  let from = Array.from(textOf(known)).length;
  const parts = delta.ends.map((end, index): StreamedPart => {
    const text = points.slice(from, end).join("");
    from = Math.max(from, end);
    return { tokens: 1, text, probability: delta.probabilities[index] ?? null };
  });
  return { run: { ...run, streams: { ...run.streams, [job]: [...known, ...parts] } }, gap: false };
}

const textOf = (parts: readonly StreamedPart[]): string => parts.map(({ text }) => text).join("");

/** What came over the socket, and behind it what only the stored continuation has. */
function caughtUp(parts: readonly StreamedPart[], { continuation }: JobState): readonly StreamedPart[] {
  const known = textOf(parts);
  const more = (continuation?.ids.length ?? 0) - lengthOf(parts);
  if (continuation === null || more <= 0) return parts;
  if (!continuation.text.startsWith(known))
    return [{ tokens: continuation.ids.length, text: continuation.text, probability: null }];
  return [...parts, { tokens: more, text: continuation.text.slice(known.length), probability: null }];
}
