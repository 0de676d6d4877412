/** A run against the one that it departs from: what both say from the branch on, token by token. */
import type { Result, ResultState, RunState, Strip, Track } from "../contract";
import { align, type Pair } from "../tokens/align";

/** One of the two texts: a strip, the numbers that colour it, and where it leaves the other. */
export interface Side {
  strip: Strip;
  track: Track | null;
  from: number;
}

/** A token of a text from the branch on; white space that its tokenizer skips before it is part of `text`. */
export interface Said {
  unit: number;
  text: string;
}

export interface Comparison {
  /** The text that both share. */
  before: string;
  original: readonly Said[];
  branch: readonly Said[];
  pairs: readonly Pair[];
  /** Tokens that stand in both. */
  same: number;
}

export function compare(original: Side, branch: Side): Comparison {
  const [one, other] = [said(original), said(branch)];
  const idOf = ({ strip }: Side, { unit }: Said): number | null | undefined => strip.units[unit]?.id;
  const ids = (side: Side, list: readonly Said[]) => list.map((token) => idOf(side, token));
  const [left, right] = [ids(original, one), ids(branch, other)];
  const pairs = align(left, right);
  const units = original.strip.units.slice(0, original.from);
  return {
    before: units.map((unit) => (unit.special ? "" : (unit.text ?? ""))).join(""),
    ...{ original: one, branch: other, pairs },
    same: pairs.filter(([a, b]) => a !== null && b !== null && left[a] === right[b]).length,
  };
}

function said({ strip, from }: Side): Said[] {
  let skipped = "";
  return strip.units.flatMap((unit, index): Said[] => {
    if (index < from || unit.special === true || unit.segment === "predicted" || unit.segment === "template") return [];
    const text = skipped + (unit.text ?? "");
    skipped = unit.id == null ? text : "";
    return unit.id == null ? [] : [{ unit: index, text }];
  });
}

/** The unit of a branch's strip that took another one's place: the last of the tokens that it began with. */
export function departure(strip: Strip, begun: number): number | null {
  const generated = strip.units.flatMap(({ segment, id }, index) =>
    segment === "generated" && id != null ? index : [],
  );
  return generated[begun - 1] ?? null;
}

/** Of two runs on one model, results of the same method that colour the strip which the model scored. */
export function coloured(
  run: RunState,
  result: Result | null,
  model: string,
): { strip: Strip; tracks: readonly Track[] } | null {
  const strip = result?.strips.find(({ role }) => role === "text" || role === "output");
  const panel = result?.panels.find((one) => one.kind === "scores" && one.strip === strip?.id);
  const own = run.jobs.some((job) => job.model === model);
  if (!own || !strip || panel?.kind !== "scores") return null;
  return { strip, tracks: panel.tracks.filter(({ axes }) => axes.length === 0) };
}

/** Results that answer for the whole run (no single target) on a model, done. */
export function plainResults({ jobs, results }: RunState, model: string): ResultState[] {
  const plain = new Set(jobs.filter((job) => job.model === model && job.targets.length === 0).map(({ id }) => id));
  return results.filter(({ job, state }) => plain.has(job) && state === "done");
}
