/** The grid of a track's heads: what number each has, and which of them are shown. */
import type { Axis, Track } from "../contract";
import { decoded, row, type NdArray } from "../contract/arrays";
import type { Cell } from "../marks/head-cells";
import { colourScale, extent, type ColourScale } from "../theme/scales";

export interface Heads {
  /** By layer, the number of each head; one line where there are no layers. */
  values: number[][];
  scale: ColourScale;
  /**
   * The mean of a head over the units; where all heads have the same, as attention has, which sums to one: its
   * greatest.
   */
  rule: "mean" | "max";
  layers: Axis | null;
  heads: Axis;
}

/** Means that differ by less than this part of the greatest tell heads from each other no more. */
const ALIKE = 0.02;

const known = new WeakMap<Track, Heads>();

/** Null where a track has no heads, or further axes beside heads and layers. */
export function headsOf(track: Track): Heads | null {
  const { axes } = track;
  const [heads, layers] = ["head", "layer"].map((name) => axes.find((axis) => axis.name === name));
  if (heads === undefined || axes.length > (layers === undefined ? 1 : 2)) return null;
  const before = known.get(track);
  if (before) return before;
  const array = decoded(track.values);
  const means = summaries(array, track, mean);
  const [least, most] = extent(means.flat());
  const alike = Math.max(Math.abs(least), Math.abs(most)) * ALIKE > most - least;
  const values = alike ? summaries(array, track, (of) => extent(of)[1]) : means;
  const scale = colourScale({ scale: track.scale, domain: [null, null] }, values.flat());
  const found: Heads = { values, scale, rule: alike ? "max" : "mean", layers: layers ?? null, heads };
  known.set(track, found);
  return found;
}

function summaries(array: NdArray, { axes }: Track, summary: (values: Float32Array) => number): number[][] {
  const count = (name: string): number => axes.find((axis) => axis.name === name)?.values.length ?? 1;
  return Array.from({ length: count("layer") }, (_, layer) =>
    Array.from({ length: count("head") }, (__, head) => summary(row(array, placeOf(axes, [layer, head])))),
  );
}

/** The leading index of a head of a layer, in the order of the track's axes. */
export const placeOf = (axes: readonly Axis[], [layer, head]: Cell): number[] =>
  axes.map(({ name }) => (name === "layer" ? layer : head));

/** Back from a leading index; a track without layers has one line. */
export function cellOf(axes: readonly Axis[], place: readonly number[]): Cell {
  const at = (name: string): number => place[axes.findIndex((axis) => axis.name === name)] ?? 0;
  return [at("layer"), at("head")];
}

function mean(values: Float32Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
