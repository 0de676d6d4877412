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
  /** How many times sooner than at the end the colour is full; 1 where it is not said. */
  intensity?: number;
  threshold?: Threshold;
}

/** What is dimmed: values below the least or above the most; on a diverging scale their sizes. Null: no bound. */
export type Threshold = readonly [least: number | null, most: number | null];

/** What a person changes of a scale. */
export interface ScaleChanges {
  /** The ends, where they are not the track's own: those of several results that share a scale. */
  domain?: readonly [low: number, high: number];
  intensity?: number;
  threshold?: Threshold;
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

/** The scale as a person has changed it; names stay as they are. */
export function adjusted(scale: ColourScale, { domain, intensity, threshold }: ScaleChanges): ColourScale {
  if (scale.kind === "categorical") return scale;
  const ends = domain ?? [scale.low, scale.high];
  const own = domain === undefined ? scale : colourScale({ scale: scale.kind, domain: [...ends] }, []);
  return {
    ...own,
    ...(intensity === undefined || intensity === 1 ? {} : { intensity }),
    ...(threshold === undefined || threshold.every((bound) => bound === null) ? {} : { threshold }),
  };
}

/**
 * Where a value lies on the scale; beyond the ends it stays at the end, no value is NaN, what is dimmed lies at zero.
 *
 * Intensity q lets the colour be full at a q-th of the scale, and bends it by the power 1/√q towards the small values.
 */
export function place(scale: ColourScale, value: number): number {
  if (Number.isNaN(value)) return NaN;
  if (isDimmed(scale, value)) return 0;
  const share = clamp(shareOf(scale, value) * intensityOf(scale), scale.kind === "diverging" ? -1 : 0, 1);
  return Math.sign(share) * Math.abs(share) ** (1 / Math.sqrt(intensityOf(scale)));
}

/** The value from which the colour has this part of its fullness, from 0 to 1. */
export function valueAt(scale: ColourScale, position: number): number {
  const share = Math.abs(position) ** Math.sqrt(intensityOf(scale)) / intensityOf(scale);
  if (scale.kind === "diverging") return Math.sign(position) * share * scale.high;
  return scale.low + share * (scale.high - scale.low);
}

/** Whether a value lies outside the thresholds. */
export function isDimmed({ kind, threshold }: ColourScale, value: number): boolean {
  if (threshold === undefined || Number.isNaN(value)) return false;
  const size = kind === "diverging" ? Math.abs(value) : value;
  const [least, most] = threshold;
  return (least !== null && size < least) || (most !== null && size > most);
}

/** The name of a value on a categorical scale; null on the others, and where there is no value. */
export function categoryOf({ kind, categories }: ColourScale, value: number): string | null {
  if (kind !== "categorical" || Number.isNaN(value)) return null;
  return categories?.[Math.round(value)] ?? String(Math.round(value));
}

/** Whether the colour of a value says less than the value: it lies beyond the scale's ends, or where it is full. */
export function isClipped(scale: ColourScale, value: number): boolean {
  const { kind, low, high } = scale;
  const slack = 1e-6 * (high - low);
  const full = valueAt(scale, 1);
  return kind !== "categorical" && (value < (kind === "diverging" ? -full : low) - slack || value > full + slack);
}

export function colourAt(palette: Palette, position: number): Lab {
  return mix(palette.paper, position < 0 ? palette.low : palette.high, Math.abs(position));
}

export function extent(values: ArrayLike<number>): [least: number, most: number] {
  let least = Infinity;
  let most = -Infinity;
  // A loop: texts are long, and this is asked for each track.
  for (let index = 0, count = values.length; index < count; index++) {
    const value = values[index] ?? NaN;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? [least, most] : [0, 0];
}

const intensityOf = ({ intensity = 1 }: ColourScale): number => intensity;

/** The part of the way from the scale's zero to its end, not cut off. */
function shareOf({ kind, low, high }: ColourScale, value: number): number {
  if (kind === "diverging") return high === 0 ? 0 : value / high;
  return high === low ? 0 : (value - low) / (high - low);
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
