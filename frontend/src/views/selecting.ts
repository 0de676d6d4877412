/** Sets of units that a person selects, as sorted lists of their indices. */
import type { Strip } from "../contract";
import { combined, type Rule } from "../tokens/spans";

export type Selected = readonly number[];

/** With these units where one of them was missing, else without them. */
export function toggled(selected: Selected, units: Selected): Selected {
  const known = new Set(selected);
  const missing = units.filter((unit) => !known.has(unit));
  for (const unit of units) known.delete(unit);
  return missing.length === 0 ? sorted(known) : sorted([...selected, ...missing]);
}

export const joined = (selected: Selected, units: Selected): Selected => sorted([...selected, ...units]);

/** Those that the strip has: a view that came with a link may name others. The same list where all are. */
export const existing = ({ units }: Strip, chosen: Selected): Selected =>
  chosen.every((unit) => unit < units.length) ? chosen : chosen.filter((unit) => unit < units.length);

/** From the unit that was touched last to this one, both included. */
export const between = (one: number, other: number): Selected => {
  const from = Math.min(one, other);
  return Array.from({ length: Math.abs(one - other) + 1 }, (_, step) => from + step);
};

/** By this rule, the number of the selected units together; NaN where a sum lacks one of its parts. */
export function numberOf(values: ArrayLike<number>, selected: Selected, rule: Rule): number {
  const own = Float32Array.from(selected, (unit) => values[unit] ?? NaN);
  return combined(own, [0, own.length], rule);
}

const sorted = (units: Iterable<number>): number[] => [...new Set(units)].toSorted((one, other) => one - other);
