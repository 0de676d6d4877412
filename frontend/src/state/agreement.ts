/**
 * How far two lists of numbers agree: rank correlations and the overlap of what is highest in both.
 *
 * Each pair has a weight (1, or the area of a piece of a picture): a piece of weight w counts like w pairs of weight 1.
 * Pairs without a number on either side are left out. What is not defined, such as the correlation with a constant,
 * is null.
 */

export interface Pairs {
  one: readonly number[];
  other: readonly number[];
  weights: readonly number[];
}

/** The pairs that have a number on both sides. */
export function known(one: ArrayLike<number>, other: ArrayLike<number>, weights?: ArrayLike<number>): Pairs {
  const found = { one: [] as number[], other: [] as number[], weights: [] as number[] };
  for (let at = 0; at < one.length; at++) {
    const [a, b] = [one[at] ?? NaN, other[at] ?? NaN];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    found.one.push(a);
    found.other.push(b);
    found.weights.push(weights?.[at] ?? 1);
  }
  return found;
}

const ascending = (values: readonly number[]): number[] =>
  values.map((_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** Runs of equal values, from the lowest on: their places. */
function tied(values: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const at of ascending(values)) {
    const group = groups.at(-1);
    if (group !== undefined && values[group[0] ?? -1] === values[at]) group.push(at);
    else groups.push([at]);
  }
  return groups;
}

/** Ranks from 1 on; tied values share the mean of theirs (`scipy.stats.rankdata`). */
export function ranks(values: readonly number[], weights: readonly number[] = values.map(() => 1)): number[] {
  const found = values.map(() => 0);
  let below = 0;
  for (const group of tied(values)) {
    const own = sum(group.map((at) => weights[at] ?? 0));
    for (const at of group) found[at] = below + (own + 1) / 2;
    below += own;
  }
  return found;
}

/** Ranks as places from 0, the lowest, to 1, the highest; alone or all tied: in the middle. */
export function rankPlaces(values: readonly number[]): number[] {
  const most = values.length - 1;
  return ranks(values).map((rank) => (most === 0 ? 0.5 : (rank - 1) / most));
}

/** Spearman's rank correlation: Pearson's of the ranks. Null with fewer than two pairs or a constant side. */
export function spearman({ one, other, weights }: Pairs): number | null {
  return pearson(ranks(one, weights), ranks(other, weights), weights);
}

function pearson(one: readonly number[], other: readonly number[], weights: readonly number[]): number | null {
  const all = sum(weights);
  const mean = (values: readonly number[]): number => sum(values.map((value, at) => value * (weights[at] ?? 0))) / all;
  const [a, b] = [mean(one), mean(other)];
  let [product, left, right] = [0, 0, 0];
  weights.forEach((weight, at) => {
    const [x, y] = [(one[at] ?? 0) - a, (other[at] ?? 0) - b];
    product += weight * x * y;
    left += weight * x * x;
    right += weight * y * y;
  });
  return left > 0 && right > 0 ? product / Math.sqrt(left * right) : null;
}

/**
 * Kendall's τ-b of pairs of equal weight, in n log n (Knight 1966). Null with a constant side, and where weights differ.
 */
export function kendall({ one, other, weights }: Pairs): number | null {
  if (!areEqual(weights)) return null;
  const order = one
    .map((_, at) => at)
    .sort((a, b) => (one[a] ?? 0) - (one[b] ?? 0) || (other[a] ?? 0) - (other[b] ?? 0));
  const all = couples(one.length);
  const left = sum(tied(one).map(({ length }) => couples(length)));
  const right = sum(tied(other).map(({ length }) => couples(length)));
  const both = sum(
    tied(one)
      .flatMap((group) => tied(group.map((at) => other[at] ?? 0)))
      .map(({ length }) => couples(length)),
  );
  const swaps = inversions(order.map((at) => other[at] ?? 0));
  const spread = Math.sqrt((all - left) * (all - right));
  return spread > 0 ? (all - left - right + both - 2 * swaps) / spread : null;
}

/** Weights that are areas of boxes with fractional edges are equal but for rounding. */
const ROUNDING = 1e-6;

const areEqual = (weights: readonly number[]): boolean => {
  const [first = 0] = weights;
  return weights.every((weight) => Math.abs(weight - first) <= ROUNDING * first);
};

const couples = (count: number): number => (count * (count - 1)) / 2;

/** How many pairs of a list stand the wrong way round. */
function inversions(values: number[]): number {
  const sorted = [...values];
  const merge = (from: number, to: number): number => {
    if (to - from < 2) return 0;
    const middle = (from + to) >> 1;
    let swaps = merge(from, middle) + merge(middle, to);
    const [left, right] = [sorted.slice(from, middle), sorted.slice(middle, to)];
    let [one, two] = [0, 0];
    for (let at = from; at < to; at++) {
      const takesLeft = two >= right.length || (one < left.length && (left[one] ?? 0) <= (right[two] ?? 0));
      sorted[at] = (takesLeft ? left[one++] : right[two++]) ?? 0;
      if (!takesLeft) swaps += left.length - one;
    }
    return swaps;
  };
  return merge(0, sorted.length);
}

export interface Overlap {
  /** How much of the top stands in both; with ties at the border as many as drawing lots would give on average. */
  shared: number;
  /** shared / k. */
  share: number;
  /** shared / (2 k − shared). */
  jaccard: number;
  /** The share that chance alone would give: k of all. */
  chance: number;
}

/** The overlap of the k highest of both sides, k in units of weight. Null where there are not more than k in all. */
export function overlap({ one, other, weights }: Pairs, k: number): Overlap | null {
  const all = sum(weights);
  if (!(k > 0 && k < all)) return null;
  const [left, right] = [taken(one, weights, k), taken(other, weights, k)];
  const shared = sum(weights.map((weight, at) => weight * (left[at] ?? 0) * (right[at] ?? 0)));
  return { shared, share: shared / k, jaccard: shared / (2 * k - shared), chance: k / all };
}

/** How much of each is among the k highest: all, nothing, or, tied at the border, an equal share. */
function taken(values: readonly number[], weights: readonly number[], k: number): number[] {
  const found = values.map(() => 0);
  let room = k;
  for (const group of tied(values).reverse()) {
    const own = sum(group.map((at) => weights[at] ?? 0));
    const share = Math.min(1, room / own);
    for (const at of group) found[at] = share;
    room -= share * own;
    if (room <= 0) break;
  }
  return found;
}
