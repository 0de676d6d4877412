/**
 * From a value to a place on a scale, and from a place to a colour.
 *
 * A place runs from 0 (paper) to 1, or from −1 to 1 on a diverging scale. The page mixes the colour itself, from
 * `--place` (see `tile` in styles.ts): a change of theme then needs no repainting. `colourAt` is the same mix.
 */
import type { Domain, Scale } from "../contract";
import { mix, type Lab } from "./oklab";
import type { Palette } from "./palette";

export interface ColourScale {
  kind: Scale;
  low: number;
  high: number;
  /** The names of a categorical scale, by their number. */
  categories?: readonly string[];
}

interface Coloured {
  scale: Scale;
  domain: Domain;
  categories?: readonly string[] | null;
}

/** The scale of a track. Ends that its domain leaves open are taken from the values; diverging is ±max. */
export function colourScale({ scale, domain, categories }: Coloured, values: ArrayLike<number>): ColourScale {
  const [least, most] = extent(values);
  const low = domain[0] ?? least;
  const high = domain[1] ?? most;
  if (scale === "categorical") return { kind: scale, low, high, categories: categories ?? [] };
  if (scale !== "diverging") return { kind: scale, low, high };
  const bound = Math.max(Math.abs(low), Math.abs(high));
  return { kind: scale, low: -bound, high: bound };
}

/** Where a value lies on the scale; beyond the ends it stays at the end, no value is NaN. */
export function place({ kind, low, high }: ColourScale, value: number): number {
  if (Number.isNaN(value)) return NaN;
  if (kind === "diverging") return high === 0 ? 0 : clamp(value / high, -1, 1);
  return high === low ? 0 : clamp((value - low) / (high - low), 0, 1);
}

/** The name of a value on a categorical scale; null on the others, and where there is no value. */
export function categoryOf({ kind, categories }: ColourScale, value: number): string | null {
  if (kind !== "categorical" || Number.isNaN(value)) return null;
  return categories?.[Math.round(value)] ?? String(Math.round(value));
}

/** Whether the colour of a value says less than the value: it lies beyond the scale's ends. */
export function isClipped({ kind, low, high }: ColourScale, value: number): boolean {
  const slack = 1e-6 * (high - low);
  return kind !== "categorical" && (value < low - slack || value > high + slack);
}

export function colourAt(palette: Palette, position: number): Lab {
  return mix(palette.paper, position < 0 ? palette.low : palette.high, Math.abs(position));
}

export function extent(values: ArrayLike<number>): [least: number, most: number] {
  let least = Infinity;
  let most = -Infinity;
  Array.prototype.forEach.call(values, (value: number) => {
    if (value < least) least = value;
    if (value > most) most = value;
  });
  return least <= most ? [least, most] : [0, 0];
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
