/** The outlines of sets of patches, and all patches of one colour as one path: thousands are drawn at once. */
import type { Box, Patches } from "./patches";

/** Corners closer than this part of a pixel are one. */
const GRAIN = 1 / 64;

/**
 * A path along the edges where patches of the set meet what is none. Edges that two patches of the set share fall
 * away, so what is enclosed has one outline, with its holes.
 */
export function contour(patches: Patches, units: Iterable<number>): string {
  const edges = new Map<string, number>();
  for (const unit of units) {
    const box = patches.boxOf(unit);
    if (box === null) continue;
    for (const edge of edgesOf(box)) edges.set(edge, (edges.get(edge) ?? 0) + 1);
  }
  return [...edges].flatMap(([edge, times]) => (times === 1 ? [edge] : [])).join("");
}

function edgesOf(box: Box): string[] {
  const [left, top, right, bottom] = box.map(snapped) as [number, number, number, number];
  return [
    `M${left},${top}H${right}`,
    `M${left},${bottom}H${right}`,
    `M${left},${top}V${bottom}`,
    `M${right},${top}V${bottom}`,
  ];
}

const snapped = (edge: number): number => Math.round(edge / GRAIN) * GRAIN;

/** One path of the boxes of these units. */
export function filled(patches: Patches, units: Iterable<number>): string {
  let path = "";
  for (const unit of units) {
    const box = patches.boxOf(unit);
    if (box) path += `M${box[0]},${box[1]}H${box[2]}V${box[3]}H${box[0]}Z`;
  }
  return path;
}

/** One path of a circle in each of these units, whose radius is this part of half its smaller side. */
export function dots(patches: Patches, units: readonly number[], share: (unit: number) => number): string {
  let path = "";
  for (const unit of units) {
    const box = patches.boxOf(unit);
    if (!box) continue;
    const radius = (Math.min(box[2] - box[0], box[3] - box[1]) / 2) * share(unit);
    const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    path += `M${x - radius},${y}a${radius},${radius} 0 1 0 ${2 * radius},0a${radius},${radius} 0 1 0 ${-2 * radius},0`;
  }
  return path;
}
