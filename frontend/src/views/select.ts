/** One number per unit out of a track with leading axes: at one index of an axis, or the mean over several. */
import type { Axis } from "../contract";
import { row, type NdArray } from "../contract/arrays";
import type { Selection } from "../marks/band";

/** What a view starts with: the last layer (step, …), and the mean over all heads. */
export function initialSelection({ name, values }: Axis): Selection {
  const last = values.length - 1;
  return name === "head" ? [0, last] : [last, last];
}

/** The selections, if there is one for each axis and each lies on its own; they may come with a link. */
export function fitting(
  axes: readonly Axis[],
  selections: readonly Selection[] | undefined,
): readonly Selection[] | null {
  const fits = ([first, last]: Selection, axis: number): boolean =>
    first >= 0 && first <= last && last < (axes[axis]?.values.length ?? 0);
  return selections?.length === axes.length && selections.every(fits) ? selections : null;
}

/** The leading indices, if there are any, no more than the axes have, and each lies on them. */
export function fittingCells(
  axes: readonly Axis[],
  cells: readonly (readonly number[])[] | undefined,
): readonly (readonly number[])[] | null {
  const most = axes.reduce((product, { values }) => product * values.length, 1);
  if (cells === undefined || cells.length === 0 || cells.length > most) return null;
  const fits = (cell: readonly number[]): boolean =>
    cell.length === axes.length &&
    fitting(
      axes,
      cell.map((at): Selection => [at, at]),
    ) !== null;
  return cells.every(fits) ? cells : null;
}

/** The mean over the chosen leading indices; values that are missing do not count, missing everywhere stays missing. */
export function average(array: NdArray, selections: readonly Selection[]): Float32Array {
  return averageAt(array, indices(selections));
}

/** The same over leading indices that need not be neighbours, such as heads of several layers. */
export function averageAt(array: NdArray, places: readonly (readonly number[])[]): Float32Array {
  const rows = places.map((index) => row(array, index));
  const [first] = rows;
  if (first === undefined) return new Float32Array();
  if (rows.length === 1) return first;
  return first.map((_, unit) => {
    let [sum, count] = [0, 0];
    for (const values of rows) {
      const value = values[unit] ?? NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return sum / count;
  });
}

/** Every leading index that the selections cover. */
export function indices(selections: readonly Selection[]): number[][] {
  return selections.reduce<number[][]>(
    (known, [first, last]) =>
      known.flatMap((index) => Array.from({ length: last - first + 1 }, (_, step) => [...index, first + step])),
    [[]],
  );
}
