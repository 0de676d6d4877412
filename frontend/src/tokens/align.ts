/** Which units of several texts stand for each other: each text against the first, by the longest common subsequence. */
import { diffArrays } from "diff";

/** Texts further apart than this many insertions and deletions are taken to differ as a whole between their ends. */
const MOST_EDITS = 4000;

/** Of each unit of `other`, the unit of `first` that it equals in the alignment; −1 where it equals none. */
export function aligned(first: readonly unknown[], other: readonly unknown[]): Int32Array {
  const matches = new Int32Array(other.length).fill(-1);
  let start = 0;
  while (start < first.length && start < other.length && first[start] === other[start]) matches[start] = start++;
  let tail = 0;
  while (tail < Math.min(first.length, other.length) - start && first.at(-1 - tail) === other.at(-1 - tail)) {
    tail++;
    matches[other.length - tail] = first.length - tail;
  }
  const [left, right] = [first.slice(start, first.length - tail), other.slice(start, other.length - tail)];
  let [one, two] = [start, start];
  for (const { count, added, removed } of diffArrays(left, right, { maxEditLength: MOST_EDITS }) ?? []) {
    if (!added && !removed) for (let step = 0; step < count; step++) matches[two + step] = one + step;
    if (!added) one += count;
    if (!removed) two += count;
  }
  return matches;
}

/** Places of two texts that stand below each other; null where one has nothing. */
export type Pair = readonly [one: number | null, other: number | null];

/** Two texts, one under the other: equal units below each other, and what differs between them unit by unit. */
export function align(one: readonly unknown[], other: readonly unknown[]): Pair[] {
  const columns = alignmentColumns([one.length, other.length], [aligned(one, other)]);
  return columns.map(([first = null, second = null]) => [first, second]);
}

/**
 * Columns of texts written one under another: in each, the unit of every text or null for a gap.
 *
 * Units that equal none of the first text's stand below those that they take the place of, else in columns of their own.
 */
export function alignmentColumns(lengths: readonly number[], matches: readonly Int32Array[]): (number | null)[][] {
  const [own = 0, ...others] = lengths;
  const cursors = others.map(() => 0);
  const columns: (number | null)[][] = [];
  for (let unit = 0; unit <= own; unit++) {
    const inserted = others.map((length, text) => {
      const from = cursors[text] ?? 0;
      const to = unit === own ? length : nextMatch(matches[text], from, unit, length);
      cursors[text] = to;
      return Array.from({ length: to - from }, (_, step) => from + step);
    });
    const most = Math.max(0, ...inserted.map(({ length }) => length));
    for (let step = 0; step < most; step++) columns.push([null, ...inserted.map((list) => list[step] ?? null)]);
    if (unit === own) break;
    columns.push([
      unit,
      ...others.map((_, text) => {
        const cursor = cursors[text] ?? 0;
        const stands = matches[text]?.[cursor];
        if (stands !== unit && stands !== -1) return null;
        cursors[text] = cursor + 1;
        return cursor;
      }),
    ]);
  }
  return columns;
}

/** The end of what stands before the unit that equals `unit`; nothing stands there where none does. */
function nextMatch(match: Int32Array | undefined, from: number, unit: number, length: number): number {
  for (let at = from; at < length; at++) {
    const equal = match?.[at] ?? -1;
    if (equal === unit) return at;
    if (equal >= 0) break;
  }
  return from;
}
