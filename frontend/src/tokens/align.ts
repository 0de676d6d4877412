/** Which units of several texts stand for each other: each text against the first, by the longest common subsequence. */

/** Beyond this many comparisons what differs in the middle of two texts is taken to differ as a whole. */
const MOST_CELLS = 4_000_000;

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
  if (left.length * right.length <= MOST_CELLS) {
    for (const [one, two] of common(left, right)) matches[start + two] = start + one;
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

/** The pairs of a longest common subsequence, by dynamic programming. */
function common(left: readonly unknown[], right: readonly unknown[]): [number, number][] {
  const width = right.length + 1;
  const longest = new Uint16Array((left.length + 1) * width);
  const at = (one: number, two: number): number => longest[one * width + two] ?? 0;
  for (let one = left.length - 1; one >= 0; one--) {
    for (let two = right.length - 1; two >= 0; two--) {
      longest[one * width + two] =
        left[one] === right[two] ? at(one + 1, two + 1) + 1 : Math.max(at(one + 1, two), at(one, two + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let one = 0, two = 0; one < left.length && two < right.length;) {
    if (left[one] === right[two]) pairs.push([one++, two++]);
    else if (at(one + 1, two) >= at(one, two + 1)) one++;
    else two++;
  }
  return pairs;
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
