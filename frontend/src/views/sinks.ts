/**
 * Units that draw attention whatever they say: attention sinks in a text, outlier patches in an image.
 *
 * No result names them, so they go by a rule, and only where a quantity is attention. In a text a sink is a special
 * token, the first token or a mere delimiter (Xiao et al. 2024, Sun et al. 2024) with more than 3 times the 99th
 * percentile of the units that are no sinks; in an image any unit with more than 5 times that of the others (Darcet
 * et al. 2024). They are few: at most 5 % of the units and 16, though 2 may always be.
 */
import type { Strip, Unit } from "../contract";
import { isGrid } from "./context";

export interface Sinks {
  /** Indices of the units, the strongest first. */
  units: readonly number[];
  /** The greatest value that is no sink's; NaN where there is none. */
  rest: number;
}

export const TIMES = { text: 3, image: 5 };
const SHARE = 0.05;
const ALWAYS = 2;
const MOST = 16;
/** With fewer units than these, a value that stands out says nothing. */
const FEWEST = 8;

/** Whether a quantity can have sinks: it is attention that units receive. */
export const hasSinks = ({ name, scale }: { name: string; scale: string }): boolean =>
  scale === "sequential" && /(^|_)attention(_|$)/.test(name);

/** The sinks among the units of a strip, by their values. */
export function sinksOf(strip: Strip, values: ArrayLike<number>): Sinks {
  const grid = isGrid(strip);
  const present = strip.units.map((_, unit) => unit).filter((unit) => !Number.isNaN(values[unit] ?? NaN));
  const down = present.toSorted((one, other) => valueOf(values, other) - valueOf(values, one));
  const first = present[0];
  const able = grid ? down : down.filter((unit) => unit === first || isDelimiter(strip.units[unit]));
  const most = Math.min(able.length, MOST, Math.max(ALWAYS, Math.ceil(SHARE * present.length)));
  const times = grid ? TIMES.image : TIMES.text;
  for (let count = present.length < FEWEST ? 0 : most; count > 0; count--) {
    const units = able.slice(0, count);
    const drawn = new Set(units);
    const others = down.filter((unit) => !drawn.has(unit)).map((unit) => valueOf(values, unit));
    if (valueOf(values, units[count - 1]) > times * percentile(others, 0.99)) return { units, rest: others[0] ?? NaN };
  }
  return { units: [], rest: valueOf(values, down[0]) };
}

const valueOf = (values: ArrayLike<number>, unit: number | undefined): number => values[unit ?? -1] ?? NaN;

/** A special token, or one without a letter, digit or sign: `<bos>`, `.`, a line break. */
const isDelimiter = (unit: Unit | undefined): boolean =>
  unit !== undefined && (unit.special ? true : !/[\p{L}\p{N}\p{S}]/u.test(unit.text ?? ""));

/** Of values in falling order, linear between neighbours; 0 of none. */
export function percentile(falling: readonly number[], share: number): number {
  const at = (1 - share) * (falling.length - 1);
  const [above = 0, below = above] = [falling[Math.floor(at)], falling[Math.ceil(at)]];
  return above + (at - Math.floor(at)) * (below - above);
}
