/** Which units of a strip have the largest values, signs aside; groups that share one number count once. */

const known = new WeakMap<object, Ranking>();

/** Found once for each array. `groups` is, of each unit, the group whose number it shows. */
export function ranking(values: ArrayLike<number>, groups: ArrayLike<number> | null = null): Ranking {
  const found = known.get(values) ?? new Ranking(values, groups);
  known.set(values, found);
  return found;
}

export class Ranking {
  /** The sizes of all that have a value, from the smallest. */
  private readonly sizes: Float32Array;
  private ordered: readonly number[] | null = null;

  constructor(
    private readonly values: ArrayLike<number>,
    private readonly groups: ArrayLike<number> | null,
  ) {
    const sizes = new Float32Array(values.length);
    let count = 0;
    for (let unit = 0; unit < values.length; unit++) if (this.counts(unit)) sizes[count++] = this.size(unit);
    this.sizes = sizes.subarray(0, count).sort();
  }

  /** How many have a value. */
  get count(): number {
    return this.sizes.length;
  }

  /** 1 and how many are larger; 0 without a value. */
  rankOf(unit: number): number {
    const own = this.size(unit);
    if (Number.isNaN(own)) return 0;
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sizes[middle] ?? 0) > own) high = middle;
      else low = middle + 1;
    }
    return this.count - low + 1;
  }

  /** The units that have a value, the largest first, and of equals the first; of a group, its first unit. */
  get order(): readonly number[] {
    this.ordered ??= Array.from({ length: this.values.length }, (_, unit) => unit)
      .filter((unit) => this.counts(unit))
      .sort((one, other) => this.size(other) - this.size(one) || one - other);
    return this.ordered;
  }

  /** Where a unit, or its group, stands in that order; −1 without a value. */
  placeOf(unit: number): number {
    let first = unit;
    while (!this.leads(first)) first--;
    return this.order.indexOf(first);
  }

  private size(unit: number): number {
    return Math.fround(Math.abs(this.values[unit] ?? NaN));
  }

  private leads(unit: number): boolean {
    return this.groups === null || unit === 0 || this.groups[unit] !== this.groups[unit - 1];
  }

  private counts(unit: number): boolean {
    return this.leads(unit) && !Number.isNaN(this.size(unit));
  }
}
