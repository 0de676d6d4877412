/** Both sides as one strip: what stands in both once, what was taken away beside what took its place. */
import type { Strip, Unit } from "../contract";
import { byteCount } from "../tokens/pieces";
import type { Compared } from "./compare";

export interface Merged {
  strip: Strip;
  /** Of each unit, its column. */
  columns: number[];
  /** Of each unit, whether it stands in both, or in one of them only. */
  kinds: ("same" | "removed" | "added")[];
}

export function merged(columns: readonly Compared[], a: Strip, b: Strip): Merged {
  const made: Merged = {
    ...{ strip: { ...b, id: "merged", source: a.source, grid: null, units: [] as Unit[] } },
    ...{ columns: [], kinds: [] },
  };
  let cursor = 0;
  const add = ({ bytes, ...unit }: Placed, column: number, kind: Merged["kinds"][number]): void => {
    // Bytes of the merged text: graphemes that several tokens share are drawn over all of them.
    made.strip.units.push({ ...unit, byte_start: cursor, byte_end: (cursor += bytes) });
    made.columns.push(column);
    made.kinds.push(kind);
  };
  let added: (() => void)[] = [];
  const flush = (): void => {
    for (const put of added) put();
    added = [];
  };
  columns.forEach((column, at) => {
    const { one, other, equal, box } = column;
    if (box !== undefined) {
      add({ kind: "patch", ...placeOf(column, a, b), box, bytes: 0 }, at, kindOf(column));
      return;
    }
    if (equal && other !== null) {
      flush();
      add(spanOf(b.units.slice(...other)), at, "same");
      return;
    }
    if (one !== null) add(spanOf(a.units.slice(...one)), at, "removed");
    if (other !== null) added.push(() => add(spanOf(b.units.slice(...other)), at, "added"));
  });
  flush();
  return made;
}

function kindOf({ one, other }: Compared): Merged["kinds"][number] {
  if (one !== null && other !== null) return "same";
  return one === null ? "added" : "removed";
}

/** Row and column of the patch, of either side. */
function placeOf({ one, other }: Compared, a: Strip, b: Strip): Pick<Unit, "row" | "col"> {
  const unit = one === null ? b.units[other?.[0] ?? -1] : a.units[one[0]];
  return { row: unit?.row ?? null, col: unit?.col ?? null };
}

/** A unit without its place, and how many bytes it takes. */
type Placed = Omit<Unit, "bytes" | "byte_start" | "byte_end"> & { bytes: number };

/** Units as one; a special token alone stays what it is. */
function spanOf(units: readonly Unit[]): Placed {
  const [only] = units;
  const bare = { char_start: null, char_end: null, group: null };
  const bytes = units.reduce((sum, unit) => sum + bytesOf(unit), 0);
  if (units.length === 1 && only !== undefined) return { ...only, ...bare, bytes };
  const text = textOf(units);
  const segment = units.find((unit) => unit.special !== true)?.segment ?? null;
  return { kind: "span", text, segment: segment === "template" ? null : segment, special: false, ...bare, bytes };
}

function bytesOf({ byte_start: start, byte_end: end, special, text }: Unit): number {
  if (special === true) return 0;
  return start != null && end != null ? end - start : byteCount(text ?? "");
}

/** What units say; special tokens by name. */
export const textOf = (units: readonly Unit[]): string =>
  units.map((unit) => (unit.special === true ? (unit.surface ?? "") : (unit.text ?? ""))).join("");
