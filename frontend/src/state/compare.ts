/**
 * Two coloured texts or pictures, column by column: what stands for what, with which numbers, on which scale.
 *
 * Texts are aligned on graphemes and brought to the stretches that both cut alike; the numbers of several tokens of
 * one stretch are joined by their track's own rule. Pictures are compared over the pieces into which both grids cut.
 */
import type { Strip, Track } from "../contract";
import { colourScale, extent, type ColourScale } from "../theme/scales";
import {
  changesOf,
  columnsOf,
  graphemesOf,
  matched,
  untilTheyPart,
  type Change,
  type Column,
  type Graphemes,
} from "../tokens/common";
import { areaOf, refinement, type Box, type Tile } from "../tokens/refinement";
import { combined, type Range, type Rule } from "../tokens/spans";
import { isGrid } from "../views/context";

/** What is compared: numbers of a track on the units of a strip, and the scale that it is shown on by itself. */
export interface Side {
  strip: Strip;
  track: Pick<Track, "name" | "label" | "unit" | "scale" | "domain" | "aggregate" | "categories">;
  values: ArrayLike<number>;
  scale: ColourScale;
}

export interface Compared extends Column {
  /** The numbers of the units on both sides; NaN where there is none, or no rule makes one of several. */
  a: number;
  b: number;
  /** 1, or the area of a piece of a picture. */
  weight: number;
  /** The piece of a picture. */
  box?: Box;
}

/** Why two tracks have no scale in common. */
export type Apart = "units" | "quantities" | "categories";

export interface Comparison {
  kind: "text" | "picture";
  columns: readonly Compared[];
  /** Of a prompt, what was changed. */
  changes: readonly Change[];
  /** Whether some column joins several units of a side, or pieces of several sizes. */
  joined: boolean;
  /** By which rule; null where no rule makes sense. */
  rules: readonly [Rule | null, Rule | null];
  scale: ColourScale | Apart;
}

/** Why two things cannot be laid along each other: one is a text, or they lie on pictures of different sizes. */
export type Unlike = "kinds" | "pictures";

export interface How {
  /** Whether answers to the same prompt are aligned behind the place where they part, too. */
  behind?: boolean;
}

export function compare(a: Side, b: Side, how: How = {}): Comparison | Unlike {
  if (isGrid(a.strip) !== isGrid(b.strip)) return "kinds";
  const rules = [a.track.aggregate[0] ?? null, b.track.aggregate[0] ?? null] as const;
  const found = isGrid(a.strip) ? pictures(a, b) : texts(a, b, how);
  if (typeof found === "string") return found;
  return { ...found, rules, scale: sharedScale(a, b, found.columns) };
}

type Found = Omit<Comparison, "rules" | "scale">;

function texts(a: Side, b: Side, { behind }: How): Found {
  const [one, other] = [graphemesOf(a.strip), graphemesOf(b.strip)];
  let matches = matched(one, other);
  const answers = [answerOf(a.strip, one), answerOf(b.strip, other)] as const;
  if (behind !== true && samePrompt(one, other, answers)) matches = untilTheyPart(matches, answers[1]);
  const columns = columnsOf(one, other, matches).map((column): Compared => ({
    ...column,
    a: joined(a, column.one),
    b: joined(b, column.other),
    weight: 1,
  }));
  return {
    ...{ kind: "text" as const, columns },
    changes: changesOf(one, other, matches, answers),
    joined: columns.some((column) => column.equal && (sizeOf(column.one) > 1 || sizeOf(column.other) > 1)),
  };
}

const sizeOf = (range: Range | null): number => (range === null ? 0 : range[1] - range[0]);

/** Where a text goes on from what a person gave, among its graphemes; Infinity where it does not. */
function answerOf({ units }: Strip, { from }: Graphemes): number {
  const first = units.findIndex(({ segment }) => segment === "generated" || segment === "predicted");
  return first < 0 ? Infinity : (from[first] ?? Infinity);
}

const samePrompt = (one: Graphemes, other: Graphemes, [left, right]: readonly [number, number]): boolean =>
  Number.isFinite(left) && left === right && one.atoms.slice(0, left).every((atom, at) => atom === other.atoms[at]);

function joined({ track, values }: Side, range: Range | null): number {
  if (range === null) return NaN;
  if (sizeOf(range) === 1) return values[range[0]] ?? NaN;
  const [rule] = track.aggregate;
  return rule === undefined ? NaN : combined(values, range, rule);
}

/** Sums are spread evenly over the pixels of a patch, and told for a patch of the coarser grid. */
function pictures(a: Side, b: Side): Found | Unlike {
  if (!sameFrame(a.strip, b.strip)) return "pictures";
  const tiles = refinement(a.strip, b.strip);
  const coarser = Math.max(patchArea(a.strip), patchArea(b.strip));
  const columns = tiles.map((tile): Compared => {
    const [one, other] = [rangeOf(tile.one), rangeOf(tile.other)];
    return {
      ...{ one, other, equal: one !== null && other !== null, box: tile.box, weight: areaOf(tile.box) },
      ...{ a: perPatch(a, tile.one, coarser), b: perPatch(b, tile.other, coarser) },
    };
  });
  return { kind: "picture", columns, changes: [], joined: !sameGrid(tiles, a, b) };
}

const rangeOf = (unit: number | null): Range | null => (unit === null ? null : [unit, unit + 1]);

function perPatch({ strip, track, values }: Side, unit: number | null, coarser: number): number {
  if (unit === null) return NaN;
  const value = values[unit] ?? NaN;
  const box = strip.units[unit]?.box;
  return track.aggregate[0] === "sum" && box != null ? (value * coarser) / areaOf(box) : value;
}

function patchArea({ units }: Strip): number {
  const areas = units.flatMap(({ box }) => (box == null ? [] : [areaOf(box)]));
  return areas.reduce((sum, area) => sum + area, 0) / Math.max(1, areas.length);
}

const sameGrid = (tiles: readonly Tile[], a: Side, b: Side): boolean =>
  [a, b].every(({ strip }) => strip.units.filter(({ box }) => box != null).length === tiles.length);

/** Whether both cover the same part of a picture of the same size, up to what a crop takes. */
function sameFrame(one: Strip, other: Strip): boolean {
  const [[right, bottom], [wide, high]] = [reach(one), reach(other)];
  return (
    (one.source !== null && one.source === other.source) || (Math.abs(right - wide) < 1 && Math.abs(bottom - high) < 1)
  );
}

const reach = ({ units }: Strip): [right: number, bottom: number] =>
  units.reduce<[number, number]>(
    ([right, bottom], { box }) => [Math.max(right, box?.[2] ?? 0), Math.max(bottom, box?.[3] ?? 0)],
    [0, 0],
  );

/** One scale for both, so that equal colours are equal numbers: from the lower of both ends to the higher. */
export function sharedScale(a: Side, b: Side, columns: readonly Compared[]): ColourScale | Apart {
  const why = apart(a, b);
  if (why !== null) return why;
  if (a.scale.kind === "categorical") return a.scale;
  const sums = columns.filter(({ one, other, box }) => box !== undefined || sizeOf(one) > 1 || sizeOf(other) > 1);
  const numbers = sums.flatMap((column) => [column.a, column.b]).filter((value) => !Number.isNaN(value));
  const [least, most] = extent([...numbers, a.scale.low, a.scale.high, b.scale.low, b.scale.high]);
  const diverging = a.scale.kind === "diverging" || b.scale.kind === "diverging";
  return colourScale({ scale: diverging ? "diverging" : "sequential", domain: [least, most] }, []);
}

function apart({ track: one, scale: first }: Side, { track: other, scale: second }: Side): Apart | null {
  if (first.kind === "categorical" || second.kind === "categorical") {
    return JSON.stringify(one.categories) === JSON.stringify(other.categories) ? null : "categories";
  }
  if (one.unit !== other.unit) return "units";
  const bounded = ({ domain: [low, high] }: Side["track"]): boolean => low !== null && high !== null;
  const [[low, high], [least, most]] = [one.domain, other.domain];
  const same = one.name === other.name || (bounded(one) && bounded(other) && low === least && high === most);
  return one.unit === "" && !same ? "quantities" : null;
}

/** Of each unit of a side, the column that it stands in. */
export function columnOfUnits(columns: readonly Compared[], side: "one" | "other", units: number): Int32Array {
  const found = new Int32Array(units).fill(-1);
  columns.forEach((column, at) => {
    const range = column[side];
    if (range !== null) found.fill(at, ...range);
  });
  return found;
}

/** The unit of a branch's strip that took another one's place: the last of the tokens that it began with. */
export function departure(strip: Pick<Strip, "units">, begun: number): number | null {
  const generated = strip.units.flatMap(({ segment, id }, index) =>
    segment === "generated" && id != null ? index : [],
  );
  return generated[begun - 1] ?? null;
}
