/** What a comparison says in numbers: values or ranks of both sides, their difference, and where it is greatest. */
import type { ColourScale } from "../theme/scales";
import { kendall, known, overlap, rankPlaces, spearman, type Overlap, type Pairs } from "./agreement";
import type { Comparison } from "./compare";

/** Numbers as they are, on one scale; or the place of each among those that are aligned, from 0 to 1. */
export type Measure = "values" | "ranks";

/** By column; NaN where nothing is aligned or has no number. */
export interface Measured {
  measure: Measure;
  a: Float64Array;
  b: Float64Array;
  /** B − A; of categories 0 where they are the same, 1 where they differ. */
  difference: Float64Array;
  /** Of both sides, and of the difference: zero is paper. */
  scale: ColourScale;
  differenceScale: ColourScale;
}

const RANKS: ColourScale = { kind: "sequential", low: 0, high: 1 };

/** Whether the numbers themselves can be compared; else only their ranks. */
export const isLocked = ({ scale }: Comparison): boolean => typeof scale !== "string";

export function measured(comparison: Comparison, measure: Measure, names: readonly [string, string]): Measured {
  const { columns, scale } = comparison;
  const byRank = measure === "ranks" || typeof scale === "string";
  const both = columns.map(({ equal, a, b }) => equal && !Number.isNaN(a) && !Number.isNaN(b));
  const side = (of: "a" | "b"): Float64Array => {
    const all = Float64Array.from(columns, (column) => column[of]);
    return byRank ? ranked(all, both) : all;
  };
  const [a, b] = [side("a"), side("b")];
  const categorical = typeof scale !== "string" && scale.kind === "categorical" && !byRank;
  const difference = Float64Array.from(columns, (_, at) => {
    if (both[at] !== true) return NaN;
    const step = (b[at] ?? NaN) - (a[at] ?? NaN);
    return categorical ? Number(step !== 0) : step;
  });
  return {
    ...{ measure: byRank ? "ranks" : "values", a, b, difference },
    scale: byRank ? RANKS : scale,
    differenceScale: categorical ? { kind: "categorical", low: 0, high: 1, categories: names } : around(difference),
  };
}

function ranked(all: Float64Array, both: readonly boolean[]): Float64Array {
  const kept = [...all.keys()].filter((at) => both[at] === true);
  const places = rankPlaces(kept.map((at) => all[at] ?? 0));
  const found = new Float64Array(all.length).fill(NaN);
  kept.forEach((at, index) => (found[at] = places[index] ?? NaN));
  return found;
}

function around(difference: Float64Array): ColourScale {
  const most = difference.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value))), 0);
  return { kind: "diverging", low: -most, high: most };
}

export interface Agreement {
  /** How many columns have a number on both sides. */
  count: number;
  spearman: number | null;
  kendall: number | null;
  /** Of the k highest; of signed numbers those of the greatest size. */
  top: Overlap | null;
  bySize: boolean;
  /** The share of columns with the same category; null of numbers. */
  same: number | null;
  /** The mean of |B − A|; null where units differ. */
  apart: number | null;
}

/** Above this many pairs τ is left out: sorting them would be felt. */
const MOST_TAU = 200_000;

export function agreement(comparison: Comparison, sizes: boolean, k: number): Agreement {
  const { columns, scale, kind } = comparison;
  const aligned = columns.filter(({ equal }) => equal);
  const of = (side: "a" | "b"): number[] => aligned.map((column) => column[side]);
  const pairs = known(
    of("a"),
    of("b"),
    aligned.map(({ weight }) => weight),
  );
  const count = pairs.one.length;
  const weight = pairs.weights.reduce((sum, one) => sum + one, 0);
  const whole = kind === "picture" ? Math.max(0, ...pairs.weights) : 1;
  const categorical = typeof scale !== "string" && scale.kind === "categorical";
  const magnitudes: Pairs = sizes
    ? { ...pairs, one: pairs.one.map(Math.abs), other: pairs.other.map(Math.abs) }
    : pairs;
  const gaps = pairs.one.map((value, at) => Math.abs((pairs.other[at] ?? 0) - value) * (pairs.weights[at] ?? 0));
  const equals = pairs.one.filter((value, at) => value === pairs.other[at]).length;
  return {
    ...{ count, bySize: sizes },
    spearman: categorical ? null : spearman(pairs),
    kendall: categorical || count > MOST_TAU ? null : kendall(pairs),
    top: categorical ? null : overlap(magnitudes, k * whole),
    same: categorical && count > 0 ? equals / count : null,
    apart: typeof scale === "string" || categorical || weight === 0 ? null : gaps.reduce((x, y) => x + y, 0) / weight,
  };
}

export interface Difference {
  column: number;
  a: number;
  b: number;
  difference: number;
  /** (B + s) / (A + s), where nothing is below zero. */
  ratio: number | null;
  score: number;
}

export type Order = "ratio" | "difference";

export interface Differences {
  /** The smoothing s: the mean size of all numbers of both sides. */
  smoothing: number;
  /** Whether some number is below zero: then sizes stand in the formula. */
  signed: boolean;
  list: readonly Difference[];
}

/**
 * The columns in which both sides differ most.
 *
 * By ratio: |ln((B + s) / (A + s))|; of signed numbers |B − A| / (|A| + |B| + 2 s), which for numbers that are not
 * below zero is the same order: (r − 1) / (r + 1) of that ratio r. The smoothing keeps the tiniest numbers from leading.
 */
export function largest({ a, b, difference }: Measured, order: Order, most: number): Differences {
  const at = [...difference.keys()].filter((column) => (difference[column] ?? NaN) !== 0);
  const kept = at.filter((column) => !Number.isNaN(difference[column]));
  const compared = [...difference.keys()].filter((column) => !Number.isNaN(difference[column]));
  const numbers = compared.flatMap((column) => [a[column] ?? 0, b[column] ?? 0]);
  const smoothing = numbers.reduce((sum, value) => sum + Math.abs(value), 0) / Math.max(1, numbers.length);
  const signed = numbers.some((value) => value < 0);
  const list = kept.map((column): Difference => {
    const [x, y] = [a[column] ?? 0, b[column] ?? 0];
    const ratio = signed ? null : (y + smoothing) / (x + smoothing);
    const relative = (y - x) / (Math.abs(x) + Math.abs(y) + 2 * smoothing);
    const score = order === "difference" ? y - x : ratio === null ? relative : Math.log(ratio);
    return { column, a: x, b: y, difference: y - x, ratio, score };
  });
  list.sort((one, other) => Math.abs(other.score) - Math.abs(one.score) || one.column - other.column);
  return { smoothing, signed, list: list.slice(0, most) };
}
