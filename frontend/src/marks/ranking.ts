/** Which units of a strip have the largest values, signs aside. */

export interface Ranking {
  /** The units that have a value, the largest first; of units that share one number, the first. */
  order: readonly number[];
  /** Of each unit, its place in that order, from 1; 0 without a value. */
  rank: Uint32Array;
}

const known = new WeakMap<object, Ranking>();

/** Found once for each array. `groups` is, of each unit, the group whose number it shows. */
export function ranking(values: ArrayLike<number>, groups: ArrayLike<number> | null = null): Ranking {
  const before = known.get(values);
  if (before) return before;
  const size = (unit: number): number => Math.abs(values[unit] ?? NaN);
  const leads = (unit: number): boolean => groups === null || unit === 0 || groups[unit] !== groups[unit - 1];
  const order = Array.from({ length: values.length }, (_, unit) => unit)
    .filter((unit) => !Number.isNaN(size(unit)) && leads(unit))
    .sort((one, other) => size(other) - size(one) || one - other);
  const rank = new Uint32Array(values.length);
  order.forEach((unit, index) => (rank[unit] = index + 1));
  for (let unit = 1; groups !== null && unit < values.length; unit++)
    if (!leads(unit)) rank[unit] = rank[unit - 1] ?? 0;
  const found = { order, rank };
  known.set(values, found);
  return found;
}
