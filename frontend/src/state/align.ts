/** Two lists of tokens against each other. */

/** Places of both lists that stand below each other; null where one has nothing. */
export type Pair = readonly [one: number | null, other: number | null];

/**
 * A longest common subsequence, in order; what lies between its tokens stands below what was there before, token by
 * token. Time and memory O(n · m).
 */
export function align(one: readonly unknown[], other: readonly unknown[]): Pair[] {
  const width = other.length + 1;
  const common = new Uint16Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      const here = i * width + j;
      common[here] =
        one[i] === other[j]
          ? 1 + (common[here + width + 1] ?? 0)
          : Math.max(common[here + width] ?? 0, common[here + 1] ?? 0);
    }
  }
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  let left: number[] = [];
  let right: number[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(left.length, right.length); at++) pairs.push([left[at] ?? null, right[at] ?? null]);
    left = [];
    right = [];
  };
  while (i < one.length || j < other.length) {
    const down = i < one.length ? (common[(i + 1) * width + j] ?? 0) : -1;
    const across = j < other.length ? (common[i * width + j + 1] ?? 0) : -1;
    if (i < one.length && j < other.length && one[i] === other[j]) {
      flush();
      pairs.push([i++, j++]);
    } else if (down >= across) left.push(i++);
    else right.push(j++);
  }
  flush();
  return pairs;
}
