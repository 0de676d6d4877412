/**
 * Words and sentences as ranges of units, and the number that a range has by a rule.
 *
 * Words are those of Unicode's segmentation (UAX #29; by dictionary where a script writes no spaces). A token belongs
 * to the word of its first character that is no space, so a space before a word is a part of it; tokens that hold
 * parts of two words make these one range. Punctuation stands by itself, and so do special tokens and line breaks.
 */
import type { Track, Unit } from "../contract";
import { byteCount, byteSpans, isSpecial } from "./pieces";

export type Range = readonly [from: number, to: number];
export type Grain = "word" | "sentence";
export type Rule = Track["aggregate"][number];

const cutOnce = { word: new WeakMap<readonly Unit[], Range[]>(), sentence: new WeakMap<readonly Unit[], Range[]>() };

/** All units as consecutive ranges, one for each word or sentence; found once for each text. */
export function ranges(units: readonly Unit[], grain: Grain): Range[] {
  const known = cutOnce[grain].get(units);
  if (known) return known;
  const found = cut(units, grain);
  cutOnce[grain].set(units, found);
  return found;
}

function cut(units: readonly Unit[], grain: Grain): Range[] {
  const found: [number, number][] = [];
  let run: number[] = [];
  const flush = (): void => {
    found.push(...rangesOfRun(units, run, grain));
    run = [];
  };
  units.forEach((unit, index) => {
    if (!isSpecial(unit)) return void run.push(index);
    flush();
    found.push([index, index + 1]);
  });
  flush();
  return found;
}

/** Where a unit lies among the segments of its text. */
interface Stretch {
  /** The segment of its first character that is no space; null where it has none. */
  first: number | null;
  last: number;
  /** Whether it is a line break. */
  breaks: boolean;
}

/** The units of a text without special tokens among them. */
function rangesOfRun(units: readonly Unit[], run: readonly number[], grain: Grain): [number, number][] {
  const found: [number, number][] = [];
  let before: Stretch | null = null;
  let reach = -1;
  stretches(units, run, grain).forEach((own, place) => {
    const unit = run[place] ?? 0;
    const range = found.at(-1);
    if (before !== null && range !== undefined && goesOn(before, own, reach, grain)) range[1] = unit + 1;
    else found.push([unit, unit + 1]);
    reach = Math.max(reach, own.last);
    before = own;
  });
  return found;
}

/** Spaces belong to the word that they stand before, and to the sentence that they stand behind. */
function goesOn(before: Stretch, own: Stretch, reach: number, grain: Grain): boolean {
  if (own.first === null) return grain === "sentence" || (!own.breaks && before.first === null && !before.breaks);
  if (before.first === null && grain === "word") return !before.breaks;
  return own.first <= reach;
}

function stretches(units: readonly Unit[], run: readonly number[], grain: Grain): Stretch[] {
  const spans = byteSpans(units, run);
  const text = run.map((index) => units[index]?.text ?? "").join("");
  const ends: number[] = [];
  let cursor = spans[0]?.start ?? 0;
  for (const { segment } of SEGMENTERS[grain].segment(text)) ends.push((cursor += byteCount(segment)));
  return spans.map(({ unit, start, end }): Stretch => {
    const own = units[unit]?.text ?? "";
    if (/^\s+$/.test(own)) return { first: null, last: -1, breaks: /[\n\r]/.test(own) };
    const leading = byteCount(/^\s*/.exec(own)?.[0] ?? "");
    const trailing = byteCount(/\s*$/.exec(own)?.[0] ?? "");
    const first = segmentAt(ends, start + leading);
    return { first, last: Math.max(first, segmentAt(ends, end - 1 - trailing)), breaks: false };
  });
}

const SEGMENTERS = {
  word: new Intl.Segmenter(undefined, { granularity: "word" }),
  sentence: new Intl.Segmenter(undefined, { granularity: "sentence" }),
};

/** The first segment that ends behind this byte. */
function segmentAt(ends: readonly number[], byte: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) > byte) high = middle;
    else low = middle + 1;
  }
  return Math.max(low, 0);
}

/**
 * One number for a range of values. A sum lacks what one of its parts lacks; of a mean, the least and the greatest,
 * those that are missing do not count. NaN where nothing is left.
 */
export function combined(values: ArrayLike<number>, [from, to]: Range, rule: Rule): number {
  let [known, sum, least, greatest] = [0, 0, Infinity, -Infinity];
  for (let unit = from; unit < Math.min(to, values.length); unit++) {
    const value = values[unit] ?? NaN;
    if (Number.isNaN(value)) continue;
    known++;
    sum += value;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (known === 0 || (rule === "sum" && known < to - from)) return NaN;
  return { sum, mean: sum / known, min: least, max: greatest }[rule];
}

/** Of each unit, the number of the range that it lies in. */
export function spread(values: ArrayLike<number>, list: readonly Range[], rule: Rule): Float32Array {
  const all = new Float32Array(values.length).fill(NaN);
  for (const range of list) all.fill(combined(values, range, rule), ...range);
  return all;
}

/**
 * A span that a person chooses unit by unit, or by words and the like where one number stands for `whole` ones: a
 * neighbour extends it, what lies at one of its ends shrinks it, what is all of it gives it up, and any other begins
 * anew; `extend` reaches to it wherever it is.
 */
export function rechosen(
  span: Range | null,
  unit: number,
  extend: boolean,
  whole: Range = [unit, unit + 1],
): Range | null {
  if (span === null) return whole;
  const [from, to] = span;
  const [first, end] = whole;
  if (extend) return [Math.min(from, first), Math.max(to, end)];
  if (first === to) return [from, end];
  if (end === from) return [first, to];
  if (first === from && end === to) return null;
  if (first === from && end < to) return [end, to];
  if (end === to && first > from) return [from, first];
  return whole;
}
