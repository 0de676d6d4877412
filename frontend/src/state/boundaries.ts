/** Where two tokenizers cut one text. */
import type { Strip } from "../contract";
import { graphemesOf } from "../tokens/common";
import type { Side } from "./compare";

/** Whether both sides of a comparison are rows of segmentations. */
export const isCut = (sides: readonly Side[]): boolean =>
  sides.every(({ strip, track }) => strip.role === "segmentation" && track.name === "tokens");

export interface Boundaries {
  shared: number;
  onlyA: number;
  onlyB: number;
  /** shared / all. */
  jaccard: number;
}

/** Boundaries inside of the text, between bytes; null where the texts differ. */
export function boundaries(a: Strip, b: Strip): Boundaries | null {
  const text = ({ units }: Strip): string => units.map((unit) => (unit.special ? "" : (unit.text ?? ""))).join("");
  if (text(a) !== text(b)) return null;
  const [one, other] = [cuts(a), cuts(b)];
  const shared = [...one].filter((cut) => other.has(cut)).length;
  const all = one.size + other.size - shared;
  return { shared, onlyA: one.size - shared, onlyB: other.size - shared, jaccard: all === 0 ? 1 : shared / all };
}

/** Where tokens begin, but for the first: in bytes where these are known, else in graphemes. */
function cuts(strip: Strip): Set<number> {
  const { from } = graphemesOf(strip);
  const starts = strip.units.flatMap((unit, at) => (unit.special ? [] : (unit.byte_start ?? from[at] ?? [])));
  return new Set(starts.filter((start) => start > 0));
}

/** The byte offsets where both cut, their ends included. */
export function sharedBytes(a: Strip, b: Strip): number[] {
  const ends = ({ units }: Strip): Set<number> =>
    new Set(units.flatMap((unit) => (unit.special ? [] : [unit.byte_start ?? 0, unit.byte_end ?? 0])));
  const other = ends(b);
  return [...ends(a)].filter((cut) => other.has(cut)).toSorted((one, two) => one - two);
}
