/**
 * Two texts laid along each other: which graphemes stand for each other, and the stretches that both cut alike.
 *
 * Words are aligned first (a longest common subsequence of single letters would pair what has nothing to do with each
 * other); where one word took another's place, the graphemes that both begin and end with are paired, too. Special
 * tokens stand for themselves by name. Tokens are then joined to the stretches between common cuts: the places where
 * both texts have a boundary between tokens.
 */
import type { Strip, Unit } from "../contract";
import { aligned } from "./align";
import { byteCount, byteSpans, isSpecial } from "./pieces";
import type { Range } from "./spans";

/** A strip's text as graphemes. */
export interface Graphemes {
  /** Graphemes; a special token is one by its name. */
  atoms: string[];
  /** Where each word ends among them. */
  words: number[];
  /** Of each unit, where it begins and ends among them; halves lie inside of a grapheme that several tokens share. */
  from: Float64Array;
  to: Float64Array;
  /** Of each unit, how many bytes it holds. */
  bytes: Float64Array;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const words = new Intl.Segmenter(undefined, { granularity: "word" });

export function graphemesOf({ units }: Pick<Strip, "units">): Graphemes {
  const found: Graphemes = {
    ...{ atoms: [], words: [] },
    ...{ from: new Float64Array(units.length), to: new Float64Array(units.length) },
    bytes: new Float64Array(units.length),
  };
  let run: number[] = [];
  const flush = (): void => {
    addRun(found, units, run);
    run = [];
  };
  units.forEach((unit, index) => {
    if (!isSpecial(unit)) return void run.push(index);
    flush();
    found.from[index] = found.atoms.length;
    found.atoms.push(`\0${unit.surface ?? unit.text ?? ""}`);
    found.to[index] = found.atoms.length;
    found.words.push(found.atoms.length);
  });
  flush();
  return found;
}

/** The text of consecutive units without special tokens among them. */
function addRun(found: Graphemes, units: readonly Unit[], run: readonly number[]): void {
  const text = run.map((index) => units[index]?.text ?? "").join("");
  const spans = byteSpans(units, run);
  const ends: number[] = [];
  const first = found.atoms.length;
  let cursor = spans[0]?.start ?? 0;
  const at = new Map([[cursor, first]]);
  for (const { segment, index } of graphemes.segment(text)) {
    found.atoms.push(segment);
    ends.push(index + segment.length);
    at.set((cursor += byteCount(segment)), found.atoms.length);
  }
  found.words.push(...wordEnds(text, ends).map((end) => first + end));
  let before = first;
  for (const { unit, start, end } of spans) {
    found.bytes[unit] = end - start;
    found.from[unit] = at.get(start) ?? before + 0.5;
    before = Math.max(before, Math.floor(found.from[unit]));
    found.to[unit] = at.get(end) ?? insideOf(at, end, before);
    before = Math.max(before, Math.floor(found.to[unit]));
  }
}

/** The place of a byte inside of a grapheme. */
function insideOf(at: ReadonlyMap<number, number>, byte: number, least: number): number {
  for (let before = byte - 1; before >= 0 && before > byte - 64; before--) {
    const known = at.get(before);
    if (known !== undefined) return known + 0.5;
  }
  return least + 0.5;
}

/** How many graphemes end with each word; spaces belong to the word that they stand before, line breaks to none. */
function wordEnds(text: string, graphemeEnds: readonly number[]): number[] {
  const found: number[] = [];
  let spaces = false;
  let grapheme = 0;
  for (const { segment, index } of words.segment(text)) {
    while ((graphemeEnds[grapheme] ?? Infinity) <= index + segment.length) grapheme++;
    if (spaces && !/^[\r\n]/.test(segment)) found.pop();
    spaces = /^[^\S\r\n]+$/.test(segment);
    if (grapheme > (found.at(-1) ?? 0)) found.push(grapheme);
  }
  if (graphemeEnds.length > (found.at(-1) ?? 0)) found.push(graphemeEnds.length);
  return found;
}

/** Of each grapheme of `other`, the one of `one` that it stands for; −1 for none. */
export function matched(one: Graphemes, other: Graphemes): Int32Array {
  const matches = new Int32Array(other.atoms.length).fill(-1);
  const pairs = aligned(spelled(one), spelled(other));
  let [left, right] = [0, 0];
  pairs.forEach((pair, word) => {
    if (pair < 0) return;
    refine(one, other, matches, [left, pair], [right, word]);
    const [from, to] = [one.words[pair - 1] ?? 0, one.words[pair] ?? 0];
    const start = other.words[word - 1] ?? 0;
    for (let step = 0; step < to - from; step++) matches[start + step] = from + step;
    [left, right] = [pair + 1, word + 1];
  });
  refine(one, other, matches, [left, one.words.length], [right, other.words.length]);
  return matches;
}

const spelled = ({ atoms, words: ends }: Graphemes): string[] =>
  ends.map((end, word) => atoms.slice(ends[word - 1] ?? 0, end).join(""));

/** Where words took the place of others: what both begin and end with, if that is half of the shorter at least. */
function refine(one: Graphemes, other: Graphemes, matches: Int32Array, left: Range, right: Range): void {
  const [from, to] = [one.words[left[0] - 1] ?? 0, one.words[left[1] - 1] ?? 0];
  const [start, end] = [other.words[right[0] - 1] ?? 0, other.words[right[1] - 1] ?? 0];
  const shorter = Math.min(to - from, end - start);
  let [head, tail] = [0, 0];
  while (head < shorter && one.atoms[from + head] === other.atoms[start + head]) head++;
  while (tail < shorter - head && one.atoms[to - 1 - tail] === other.atoms[end - 1 - tail]) tail++;
  if (2 * (head + tail) < shorter) return;
  for (let step = 0; step < head; step++) matches[start + step] = from + step;
  for (let step = 1; step <= tail; step++) matches[end - step] = to - step;
}

/** The same matches, but none behind the first grapheme, from `start` on, that has none: there two answers part. */
export function untilTheyPart(matches: Int32Array, start: number): Int32Array {
  const part = matches.findIndex((pair, at) => at >= start && pair < 0);
  return part < 0 ? matches : matches.map((pair, at) => (at < part ? pair : -1));
}

/** Units of both texts between common cuts; or what stands between such stretches on one side or both. */
export interface Column {
  one: Range | null;
  other: Range | null;
  /** Whether both say the same graphemes here. */
  equal: boolean;
}

export function columnsOf(one: Graphemes, other: Graphemes, matches: Int32Array): Column[] {
  const columns: Column[] = [];
  const [left, right] = [new Cursor(one), new Cursor(other)];
  /** What both cut alike inside of a grapheme, too, stands byte by byte. */
  const add = (own: Range, others: Range): void => {
    const [a, b] = alike(one.bytes.subarray(...own), other.bytes.subarray(...others))
      ? [units(own), units(others)]
      : [[own], [others]];
    a.forEach((range, at) => {
      columns.push({ one: range, other: b[at] ?? null, equal: true });
    });
  };
  /** Units that took the place of each other stand one by one. */
  const addEach = (own: Range, others: Range): void => {
    const [a, b] = [units(own), units(others)];
    for (let at = 0; at < Math.max(a.length, b.length); at++) columns.push(beside(a[at], b[at]));
  };
  for (const [from, to] of stretches(one, other, matches)) {
    addEach(left.before(from[0]), right.before(from[1]));
    add(left.within(to[0]), right.within(to[1]));
  }
  addEach(left.rest(), right.rest());
  return columns;
}

const units = ([from, to]: Range): Range[] => Array.from({ length: to - from }, (_, at) => [from + at, from + at + 1]);

const beside = (one: Range | null = null, other: Range | null = null): Column => ({ one, other, equal: false });

const alike = (one: Float64Array, other: Float64Array): boolean =>
  one.length === other.length && one.every((bytes, at) => bytes === other[at]);

/** Takes units in order. */
class Cursor {
  private unit = 0;
  constructor(private readonly text: Graphemes) {}

  before(atom: number): Range {
    return this.take((unit) => (this.text.from[unit] ?? Infinity) < atom);
  }
  within(atom: number): Range {
    return this.take((unit) => (this.text.to[unit] ?? Infinity) <= atom);
  }
  rest(): Range {
    return this.take((unit) => unit < this.text.from.length);
  }

  private take(holds: (unit: number) => boolean): Range {
    const from = this.unit;
    while (this.unit < this.text.from.length && holds(this.unit)) this.unit++;
    return [from, this.unit];
  }
}

type Place = readonly [one: number, other: number];

/** From common cut to common cut, wherever the graphemes between them are matched. */
function stretches(one: Graphemes, other: Graphemes, matches: Int32Array): [from: Place, to: Place][] {
  const [left, right] = [cuts(one), cuts(other)];
  const found: [Place, Place][] = [];
  let open: Place | null = null;
  for (let at = 0; at <= matches.length; at++) {
    const before = at === 0 ? -1 : (matches[at - 1] ?? -1);
    const next = at === matches.length ? -1 : (matches[at] ?? -1);
    const goesOn = before >= 0 && next === before + 1;
    if (before >= 0 && open !== null && left.has(before + 1) && right.has(at)) {
      found.push([open, [before + 1, at]]);
      open = [before + 1, at];
    }
    if (goesOn) continue;
    open = next >= 0 && left.has(next) && right.has(at) ? [next, at] : null;
  }
  return found;
}

/** Places between graphemes where a unit begins or ends. */
const cuts = ({ from, to }: Graphemes): Set<number> => new Set([...from, ...to].filter(Number.isInteger));

/** A stretch that stands in both texts, or in one of them only. */
export interface Change {
  kind: "same" | "removed" | "added";
  text: string;
}

/**
 * What was changed from one text to the other, special tokens aside: what was removed stands before what was added.
 * `ends`: how many graphemes of each count, such as those before an answer.
 */
export function changesOf(one: Graphemes, other: Graphemes, matches: Int32Array, ends?: Place): Change[] {
  const changes: Change[] = [];
  const add = (kind: Change["kind"], atom: string | undefined): void => {
    if (atom === undefined || atom.startsWith("\0")) return;
    const last = changes.at(-1);
    if (last?.kind === kind) last.text += atom;
    else changes.push({ kind, text: atom });
  };
  let left = 0;
  let waiting: string[] = [];
  const [last = Infinity, end = Infinity] = ends ?? [];
  const flush = (until: number): void => {
    while (left < Math.min(until, last)) add("removed", one.atoms[left++]);
    for (const atom of waiting) add("added", atom);
    waiting = [];
  };
  other.atoms.slice(0, end).forEach((atom, at) => {
    const pair = matches[at] ?? -1;
    if (pair < 0 || pair >= last) return void waiting.push(atom);
    flush(pair);
    add("same", atom);
    left = pair + 1;
  });
  flush(one.atoms.length);
  return changes;
}
