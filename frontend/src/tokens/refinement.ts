/** Two grids of patches over one picture: the pieces into which the edges of both cut it. */
import type { Strip, Unit } from "../contract";

export type Box = NonNullable<Unit["box"]>;

export interface Tile {
  box: Box;
  /** The patch of each grid that covers it; null where a crop left it out. */
  one: number | null;
  other: number | null;
}

/** Edges closer than this, in pixels, are the same edge. */
const SAME = 1e-3;

/** The common refinement, in reading order; of equal grids these are the patches themselves. */
export function refinement(one: Pick<Strip, "units">, other: Pick<Strip, "units">): Tile[] {
  const boxes = [...one.units, ...other.units].flatMap(({ box }) => (box == null ? [] : [box]));
  const columns = edges(boxes.flatMap(([left, , right]) => [left, right]));
  const rows = edges(boxes.flatMap(([, top, , bottom]) => [top, bottom]));
  const [first, second] = [owners(one.units, columns, rows), owners(other.units, columns, rows)];
  const tiles: Tile[] = [];
  for (let row = 0; row + 1 < rows.length; row++) {
    for (let column = 0; column + 1 < columns.length; column++) {
      const at = row * (columns.length - 1) + column;
      const [a, b] = [first[at] ?? -1, second[at] ?? -1];
      if (a < 0 && b < 0) continue;
      const box: Box = [columns[column] ?? 0, rows[row] ?? 0, columns[column + 1] ?? 0, rows[row + 1] ?? 0];
      tiles.push({ box, one: a < 0 ? null : a, other: b < 0 ? null : b });
    }
  }
  return tiles;
}

export const areaOf = ([left, top, right, bottom]: Box): number => (right - left) * (bottom - top);

function edges(all: readonly number[]): number[] {
  const sorted = [...all].sort((one, other) => one - other);
  return sorted.filter((edge, at) => at === 0 || edge - (sorted[at - 1] ?? 0) > SAME);
}

/** Of each piece, the unit whose box covers it, or −1. */
function owners(units: readonly Unit[], columns: readonly number[], rows: readonly number[]): Int32Array {
  const wide = columns.length - 1;
  const found = new Int32Array(Math.max(0, wide * (rows.length - 1))).fill(-1);
  units.forEach(({ box }, unit) => {
    if (box == null) return;
    const [left, top, right, bottom] = box;
    for (let row = placeOf(rows, top); row < placeOf(rows, bottom); row++) {
      found.fill(unit, row * wide + placeOf(columns, left), row * wide + placeOf(columns, right));
    }
  });
  return found;
}

/** The last edge that is not behind this one. */
function placeOf(sorted: readonly number[], edge: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= edge + SAME) low = middle;
    else high = middle - 1;
  }
  return low;
}
