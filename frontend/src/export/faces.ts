/**
 * The fonts that exports carry: which file has a character.
 *
 * The files come with the site and are fetched when a text needs them. Chinese and Korean have a hundred small files
 * each, whose list is fetched only for such texts.
 */
import listed from "./faces.json";

export type Weight = 400 | 600;

export interface Face {
  family: string;
  kind: "sans" | "mono";
  slice: string;
  /** Half-open stretches of code points, in ascending order. */
  ranges: readonly (readonly [from: number, to: number])[];
}

const FILES = import.meta.glob<string>(
  [
    "/node_modules/@fontsource/noto-*/files/*-400-normal.woff2",
    "/node_modules/@fontsource/noto-sans/files/*-600-normal.woff2",
    "/node_modules/@fontsource/noto-sans-{arabic,hebrew,mono}/files/*-600-normal.woff2",
    "!/node_modules/@fontsource/noto-emoji/files/noto-emoji-emoji-400-normal.woff2",
  ],
  { query: "?url&no-inline", import: "default", eager: true },
);
const LISTS = import.meta.glob<Record<string, string>>(
  ["/node_modules/@fontsource/noto-sans-sc/unicode.json", "/node_modules/@fontsource/noto-sans-kr/unicode.json"],
  { import: "default" },
);
const EAST_ASIAN = ["noto-sans-sc", "noto-sans-kr"];

const faces: Face[] = listed.map(({ family, kind, slice, ranges }) => ({
  ...{ family, kind: kind === "mono" ? "mono" : "sans", slice },
  ranges: rangesOf(ranges.split(",")),
}));
let complete = false;

/** Where the file of a face lies; the regular one where there is no bolder one. */
export function addressOf({ family, slice }: Face, weight: Weight): { url: string; weight: Weight } {
  const at = (of: Weight): string | undefined =>
    FILES[`/node_modules/@fontsource/${family}/files/${family}-${slice}-${of}-normal.woff2`];
  const wanted = at(weight);
  if (wanted !== undefined) return { url: wanted, weight };
  const regular = at(400);
  if (regular === undefined) throw new Error(`no file of ${family} ${slice}`);
  return { url: regular, weight: 400 };
}

/** Makes known what East Asian fonts have, if the text needs them. */
export async function listFor(text: string): Promise<void> {
  if (complete || Array.from(text).every((char) => faces.some((face) => has(face, char.codePointAt(0) ?? 0)))) return;
  complete = true;
  for (const family of EAST_ASIAN) {
    const list = await LISTS[`/node_modules/@fontsource/${family}/unicode.json`]?.();
    for (const [name, ranges] of Object.entries(list ?? {})) {
      const slice = name.replace(/[[\]]/g, "");
      if (/^\d+$/.test(slice)) faces.push({ family, kind: "sans", slice, ranges: rangesOf(ranges.split(",")) });
    }
  }
}

/** The face that draws a grapheme, all of it if one can; null where there is none. */
export function faceOf(grapheme: string, kind: Face["kind"]): Face | null {
  const points = Array.from(grapheme, (char) => char.codePointAt(0) ?? 0).filter((point) => !isSilent(point));
  const order = kind === "mono" ? [...of("mono"), ...of("sans")] : of("sans");
  return (
    order.find((face) => points.every((point) => has(face, point))) ??
    order.find((face) => has(face, points[0] ?? 0x20)) ??
    null
  );
}

const of = (kind: Face["kind"]): Face[] => faces.filter((face) => face.kind === kind);

/** What is drawn as nothing where a font lacks it: joiners, variation selectors, marks of direction, controls. */
export function isSilent(point: number): boolean {
  return (
    point < 0x20 ||
    (point >= 0x7f && point < 0xa0) ||
    /^[\p{Cf}\p{Zl}\p{Zp}\ufe00-\ufe0f]$/u.test(String.fromCodePoint(point))
  );
}

export function has({ ranges }: Pick<Face, "ranges">, point: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const [from, to] = ranges[middle] ?? [0, 0];
    if (point < from) high = middle;
    else if (point >= to) low = middle + 1;
    else return true;
  }
  return false;
}

/** Stretches as `20-7e`, `U+20-7E` or `a0`, in hexadecimal. */
export function rangesOf(written: readonly string[]): [from: number, to: number][] {
  return written
    .map((part): [number, number] => {
      const [from = "", to = from] = part.trim().replace(/^U\+/i, "").split("-");
      return [parseInt(from, 16), parseInt(to, 16) + 1];
    })
    .sort(([one], [other]) => one - other);
}
