/** Which patches have which colour, by the steps of a scale: a few paths draw a grid of any size. */
import { categoryColour } from "../theme/palette";
import { isClipped, isDimmed, place } from "../theme/scales";
import type { Painted } from "./paint";
import type { Patches } from "./patches";

/** Steps of colour from none to full; more cannot be told apart. */
const STEPS = 64;

export interface Fill {
  /** Classes and custom properties that make its colour. */
  classes: string;
  style: string;
  units: number[];
}

/** The patches by colour; those that have none, because they are zero, are left out. */
export function fillsOf(patches: Patches, painted: Painted): Fill[] {
  const fills = new Map<string, Fill>();
  for (const unit of patches.placed) {
    const [classes, style] = coloured(painted, unit);
    const key = `${classes}|${style}`;
    const known = fills.get(key);
    if (known) known.units.push(unit);
    else fills.set(key, { classes, style, units: [unit] });
  }
  return [...fills.values()];
}

function coloured({ values, scale, apart }: Painted, unit: number): [classes: string, style: string] {
  const value = values?.[unit] ?? NaN;
  if (values === null) return ["none", ""];
  if (apart?.has(unit) === true) return ["apart", ""];
  if (Number.isNaN(value) || scale === null) return ["missing", ""];
  if (scale.kind === "categorical") return ["category", `--category: ${categoryColour(Math.round(value))}`];
  const at = place(scale, value);
  const dimmed = isDimmed(scale, value) ? " dimmed" : "";
  const step = Math.round(Math.abs(at) * STEPS) / STEPS;
  return [`value${at < 0 ? " negative" : ""}${dimmed}`, `--place: ${step}`];
}

/** Patches whose value lies beyond the scale. */
export function beyond(patches: Patches, { values, scale, apart }: Painted): number[] {
  if (scale === null || values === null) return [];
  return patches.placed.filter((unit) => {
    const value = values[unit] ?? NaN;
    return apart?.has(unit) !== true && !isDimmed(scale, value) && isClipped(scale, value);
  });
}

/** How far along the scale the outlines lie. */
export const LEVELS = [0.25, 0.5, 0.75] as const;

export interface Level {
  level: (typeof LEVELS)[number];
  negative: boolean;
  units: number[];
}

/** The patches that reach each level, for outlines: those above zero apart from those below. */
export function levelsOf(patches: Patches, { values, scale, apart }: Painted): Level[] {
  if (values === null || scale === null || scale.kind === "categorical") return [];
  const at = (unit: number): number => {
    const value = values[unit] ?? NaN;
    const off = Number.isNaN(value) || apart?.has(unit) === true || isDimmed(scale, value);
    return off ? 0 : place(scale, value);
  };
  return [false, true].flatMap((negative) =>
    LEVELS.map((level): Level => {
      const reaches = (unit: number): boolean => (negative ? -at(unit) : at(unit)) >= level;
      return { level, negative, units: patches.placed.filter(reaches) };
    }).filter(({ units }) => units.length > 0),
  );
}
