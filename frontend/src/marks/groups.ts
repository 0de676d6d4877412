/** Which units live together after a stage, and the outlines of their groups on a grid. */
import type { Stage, Strip } from "../contract";
import { decoded } from "../contract/arrays";

export interface Groups {
  /** Of each unit, the unit in which it now lives; −1 when it was dropped. */
  root: Int32Array;
  /** By survivor, all units that live in it. */
  members: ReadonlyMap<number, number[]>;
}

export function groupsOf(stage: Stage): Groups {
  const root = Int32Array.from(decoded(stage.destination).data, (unit) => (Number.isNaN(unit) ? -1 : unit));
  const members = new Map<number, number[]>();
  root.forEach((survivor, unit) => {
    if (survivor < 0) return;
    const group = members.get(survivor);
    if (group) group.push(unit);
    else members.set(survivor, [unit]);
  });
  return { root, members };
}

/** `kept`, `merged` (with others, into this or another unit) or `dropped`. */
export function fate({ root, members }: Groups, unit: number): "kept" | "merged" | "dropped" {
  const survivor = root[unit] ?? -1;
  if (survivor < 0) return "dropped";
  return (members.get(survivor)?.length ?? 0) > 1 ? "merged" : "kept";
}

/** An SVG path along all edges between patches of different groups. */
export function outlines(strip: Strip, { root }: Groups): string {
  const at = new Map(strip.units.map((unit, index) => [`${unit.row ?? -1},${unit.col ?? -1}`, index]));
  const differs = (unit: number, row: number, column: number): boolean => {
    const neighbour = at.get(`${row},${column}`);
    return neighbour !== undefined && root[neighbour] !== root[unit];
  };
  return strip.units
    .flatMap(({ box, row, col }, unit) => {
      if (box == null || row == null || col == null) return [];
      const [, top, right, bottom] = box;
      const edges: string[] = [];
      if (differs(unit, row, col + 1)) edges.push(`M${right},${top}V${bottom}`);
      if (differs(unit, row + 1, col)) edges.push(`M${box[0]},${bottom}H${right}`);
      return edges;
    })
    .join("");
}
