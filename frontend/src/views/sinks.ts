/**
 * Units that draw attention whatever they say: attention sinks in a text, outlier patches in an image.
 *
 * No result names them, so they go by a rule, and only where a quantity is attention. A unit stands out in a row (of a
 * layer, a head) of a text when it is a special token, the first token or a mere delimiter (Xiao et al. 2024, Sun et
 * al. 2024) with more than 3 times the 99th percentile of those that do not stand out; in an image when it has more
 * than 5 times that (Darcet et al. 2024) and no neighbour has a fifth of its own, as the patches of an object would.
 * In a row at most 5 % of the units stand out, and 16, though 2 always may. A sink stands out in half of the rows: a
 * single head that looks at one thing is no sign of one.
 */
import type { Strip, Track, Unit } from "../contract";
import { decoded, row } from "../contract/arrays";
import { extent } from "../theme/scales";
import { isGrid } from "./context";

export interface Sinks {
  /** Indices of the units, in reading order. */
  units: readonly number[];
  /** The greatest value of any row that is no sink's. */
  rest: number;
}

export const TIMES = { text: 3, image: 5 };
const SHARE = 0.05;
const ALWAYS = 2;
const MOST = 16;
/** With fewer units than these, a value that stands out says nothing. */
const FEWEST = 8;
const NEIGHBOURLY = 0.2;

/** Whether a quantity can have sinks: it is attention that units receive. */
export const hasSinks = ({ name, scale }: { name: string; scale: string }): boolean =>
  scale === "sequential" && /(^|_)attention(_|$)/.test(name);

const known = new WeakMap<Track, Sinks>();

/** The sinks of a track over a strip: the same at all of its layers and heads. */
export function sinksOf(strip: Strip, track: Track): Sinks {
  const before = known.get(track);
  if (before) return before;
  const array = decoded(track.values);
  const count = array.data.length / Math.max(1, strip.units.length);
  const rows = Array.from({ length: count }, (_, at) =>
    row({ shape: [count, strip.units.length], data: array.data }, [at]),
  );
  const times = new Map<number, number>();
  for (const values of rows) {
    for (const unit of outstanding(strip, values)) times.set(unit, (times.get(unit) ?? 0) + 1);
  }
  const units = [...times].filter(([, found]) => found >= count / 2).map(([unit]) => unit);
  const off = new Set(units);
  const [, rest] = extent(rows.map((values) => extent(values.map((value, unit) => (off.has(unit) ? NaN : value)))[1]));
  const found = { units: units.toSorted((one, other) => one - other), rest };
  known.set(track, found);
  return found;
}

/** The units that stand out in one row, the strongest first. */
export function outstanding(strip: Strip, values: ArrayLike<number>): number[] {
  const grid = isGrid(strip);
  const of = (unit: number | undefined): number => values[unit ?? -1] ?? NaN;
  const present = strip.units.map((_, unit) => unit).filter((unit) => !Number.isNaN(of(unit)));
  const down = present.toSorted((one, other) => of(other) - of(one));
  const able = grid ? down : down.filter((unit) => unit === present[0] || isDelimiter(strip.units[unit]));
  const most = Math.min(able.length, MOST, Math.max(ALWAYS, Math.ceil(SHARE * present.length)));
  for (let count = present.length < FEWEST ? 0 : most; count > 0; count--) {
    const units = able.slice(0, count);
    const out = new Set(units);
    const others = down.filter((unit) => !out.has(unit)).map(of);
    if (of(units[count - 1]) > (grid ? TIMES.image : TIMES.text) * percentile(others, 0.99)) {
      return grid ? units.filter((unit) => isAlone(strip, values, unit)) : units;
    }
  }
  return [];
}

/** A special token, or one without a letter, digit or sign: `<bos>`, `.`, a line break. */
const isDelimiter = (unit: Unit | undefined): boolean =>
  unit !== undefined && (unit.special ? true : !/[\p{L}\p{N}\p{S}]/u.test(unit.text ?? ""));

/** Whether no patch around has a part of its value that is worth the name. */
function isAlone({ units }: Strip, values: ArrayLike<number>, at: number): boolean {
  const { row: line, col } = units[at] ?? {};
  const bound = NEIGHBOURLY * (values[at] ?? NaN);
  return !units.some(
    (unit, index) =>
      index !== at &&
      unit.box != null &&
      Math.abs((unit.row ?? NaN) - (line ?? NaN)) <= 1 &&
      Math.abs((unit.col ?? NaN) - (col ?? NaN)) <= 1 &&
      (values[index] ?? NaN) >= bound,
  );
}

/** Of values in falling order, linear between neighbours; 0 of none. */
export function percentile(falling: readonly number[], share: number): number {
  const at = (1 - share) * (falling.length - 1);
  const [above = 0, below = above] = [falling[Math.floor(at)], falling[Math.ceil(at)]];
  return above + (at - Math.floor(at)) * (below - above);
}
