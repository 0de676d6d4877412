/**
 * Lines, and what a regular expression matches, as ranges of units.
 *
 * A token belongs to the line of its first character that is no space; a token that holds parts of two lines makes
 * these one range. It belongs to a match as soon as it holds a part of it, and what lies between two matches is a
 * range, too. A match of nothing, such as `(?=[A-Z])`, cuts what lies between.
 */
import type { Unit } from "../contract";
import { byteCount, byteSpans, isSpecial } from "./pieces";
import type { Range } from "./spans";

/** Where a match lies in the text of a run: UTF-16 indices, the end excluded. */
export type Match = readonly [from: number, to: number];

export interface Cut {
  ranges: Range[];
  /** Of each range, whether an expression matched there. */
  matches: boolean[];
}

/** Consecutive units without special tokens among them, which are ranges by themselves. */
export function runs(units: readonly Unit[]): number[][] {
  const found: number[][] = [[]];
  units.forEach((unit, index) => {
    if (isSpecial(unit)) found.push([]);
    else found.at(-1)?.push(index);
  });
  return found.filter((run) => run.length > 0);
}

export const textOf = (units: readonly Unit[], run: readonly number[]): string =>
  run.map((index) => units[index]?.text ?? "").join("");

const LINE = /\r\n|[\n\r\u0085\u2028\u2029]/g;

export function lines(units: readonly Unit[]): Range[] {
  return cut(units, (text) => {
    const ends = Array.from(text.matchAll(LINE), ({ 0: found, index }) => index + found.length);
    return [...ends.filter((end) => end < text.length), text.length].map((to) => ({ to, match: false }));
  }).ranges;
}

/** `found` are the matches of each run. */
export function matched(units: readonly Unit[], found: readonly (readonly Match[])[]): Cut {
  return cut(units, (text, run) => segmentsOf(text.length, found[run] ?? []));
}

interface Segment {
  /** Where it ends: first as UTF-16 index, then as byte. */
  to: number;
  match: boolean;
}

function segmentsOf(length: number, found: readonly Match[]): Segment[] {
  const segments: Segment[] = [];
  let reached = 0;
  for (const [from, to] of found) {
    if (from > reached) segments.push({ to: from, match: false });
    if (to > from) segments.push({ to, match: true });
    reached = to;
  }
  if (reached < length) segments.push({ to: length, match: false });
  return segments;
}

function cut(units: readonly Unit[], segment: (text: string, run: number) => Segment[]): Cut {
  const found: { range: [number, number]; match: boolean }[] = [];
  runs(units).forEach((run, index) => {
    const text = textOf(units, run);
    found.push(...joined(units, run, inBytes(text, segment(text, index))));
  });
  const own = new Set(
    found.flatMap(({ range: [from, to] }) => Array.from({ length: to - from }, (_, at) => from + at)),
  );
  units.forEach((_, index) => {
    if (!own.has(index)) found.push({ range: [index, index + 1], match: false });
  });
  found.sort((one, other) => one.range[0] - other.range[0]);
  return { ranges: found.map(({ range }) => range), matches: found.map(({ match }) => match) };
}

function inBytes(text: string, segments: readonly Segment[]): Segment[] {
  let [from, byte] = [0, 0];
  return segments.map(({ to, match }) => {
    byte += byteCount(text.slice(from, to));
    from = to;
    return { to: byte, match };
  });
}

/** The units of a run, those together that lie in the same segments. */
function joined(
  units: readonly Unit[],
  run: readonly number[],
  segments: readonly Segment[],
): { range: [number, number]; match: boolean }[] {
  const found: { range: [number, number]; match: boolean }[] = [];
  const spans = byteSpans(units, run);
  const base = spans[0]?.start ?? 0;
  let reach = -1;
  let at = 0;
  for (const { unit, start, end } of spans) {
    while (at < segments.length - 1 && (segments[at]?.to ?? Infinity) <= start - base) at++;
    const own = segmentsHeld(units[unit]?.text ?? "", segments, at, start - base, end - base);
    const last = found.at(-1);
    if (last !== undefined && own.first <= reach) {
      last.range[1] = unit + 1;
      last.match ||= own.match;
    } else found.push({ range: [unit, unit + 1], match: own.match });
    reach = Math.max(reach, own.last);
  }
  return found;
}

/** Of a unit that begins in the segment `at`: the matches that it holds parts of, else where its characters lie. */
function segmentsHeld(
  text: string,
  segments: readonly Segment[],
  at: number,
  start: number,
  end: number,
): { first: number; last: number; match: boolean } {
  let until = at;
  while (until < segments.length - 1 && (segments[until]?.to ?? Infinity) < end) until++;
  const held = Array.from({ length: until - at + 1 }, (_, step) => at + step).filter((one) => segments[one]?.match);
  const [first] = held;
  if (first !== undefined) return { first, last: held.at(-1) ?? first, match: true };
  if (!/\S/.test(text)) return { first: at, last: at, match: false };
  const from = segmentAt(segments, at, start + byteCount(/^\s*/.exec(text)?.[0] ?? ""));
  const to = segmentAt(segments, from, end - 1 - byteCount(/\s*$/.exec(text)?.[0] ?? ""));
  return { first: from, last: to, match: false };
}

function segmentAt(segments: readonly Segment[], from: number, byte: number): number {
  let at = from;
  while (at < segments.length - 1 && (segments[at]?.to ?? Infinity) <= byte) at++;
  return at;
}
