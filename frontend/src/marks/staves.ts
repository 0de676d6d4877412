/**
 * The same text in several cuts, one row each, like the staves of a score: every row sets the same characters in the
 * same face, so equal bytes stand below each other.
 */
import type { Strip, Unit } from "../contract";
import { pieces, type Piece } from "../tokens/pieces";

/** A piece of one row within one line; `from` and `to` are bytes of the text. */
export interface StavePiece extends Piece {
  from: number;
  to: number;
  /** Whether its unit began in this line, and ends in it. */
  opens: boolean;
  closes: boolean;
}

export interface StaveLine {
  from: number;
  to: number;
  /** The direction of the paragraph: all of its lines have that of its first letter. */
  rtl: boolean;
  rows: StavePiece[][];
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const encoder = new TextEncoder();
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const WIDE = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Extended_Pictographic}/u;

/** Lines of at most `columns` columns, cut where all strips cut if that is near, else at a grapheme. */
export function staves(
  strips: readonly Strip[],
  text: string,
  shared: readonly number[],
  columns: number,
): StaveLine[] {
  const cuts = lineCuts(text, new Set(shared), columns);
  const rows = strips.map((strip) => located(strip.units));
  const directions = paragraphDirections(text);
  return cuts.slice(1).map((to, index) => {
    const from = cuts[index] ?? 0;
    const rtl = directions.findLast(({ start }) => start <= from)?.rtl ?? false;
    return { from, to, rtl, rows: rows.map((row) => clip(row, from, to)) };
  });
}

export const isRightToLeft = (text: string): boolean => RIGHT_TO_LEFT.test(text);

function paragraphDirections(text: string): { start: number; rtl: boolean }[] {
  let start = 0;
  return text.split(/(?<=\n)/).map((paragraph) => {
    const known = { start, rtl: isRightToLeft(/\p{L}/u.exec(paragraph)?.[0] ?? "") };
    start += encoder.encode(paragraph).length;
    return known;
  });
}

/** Byte offsets at which lines begin, and the end of the text. */
export function lineCuts(text: string, shared: ReadonlySet<number>, columns: number): number[] {
  const cuts = [0];
  let here = { byte: 0, width: 0 };
  let best: typeof here | null = null;
  const end = (at: typeof here): void => {
    cuts.push(at.byte);
    here = { byte: here.byte, width: here.width - at.width };
    best = null;
  };
  for (const { segment } of graphemes.segment(text)) {
    const size = WIDE.test(segment) ? 2 : 1;
    if (here.width > 0 && here.width + size > columns) end(best ?? here);
    here = { byte: here.byte + encoder.encode(segment).length, width: here.width + size };
    if (segment.includes("\n")) end(here);
    else if (shared.has(here.byte) && here.width > 0.6 * columns) best = here;
  }
  if (cuts.at(-1) !== here.byte) cuts.push(here.byte);
  return cuts;
}

function located(units: readonly Unit[]): StavePiece[] {
  let byte = 0;
  return pieces(units).flatMap((piece) => {
    if (piece.kind === "special") return [];
    const from = byte;
    byte += encoder.encode(piece.text).length;
    return [{ ...piece, from, to: byte, opens: true, closes: true }];
  });
}

/** The pieces of a row that lie within a line; what reaches over its ends is cut at a grapheme. */
function clip(row: readonly StavePiece[], from: number, to: number): StavePiece[] {
  return row.flatMap((piece) => {
    if (piece.to <= from || piece.from >= to) return [];
    if (piece.from >= from && piece.to <= to) return [piece];
    const bytes = encoder.encode(piece.text);
    const [start, end] = [Math.max(from, piece.from), Math.min(to, piece.to)];
    const text = new TextDecoder().decode(bytes.subarray(start - piece.from, end - piece.from));
    return [{ ...piece, text, from: start, to: end, opens: start === piece.from, closes: end === piece.to }];
  });
}
