/**
 * From units to pieces: what can be drawn without tearing a character apart.
 *
 * Tokens are bytes; a screen draws graphemes. A piece is a stretch of whole graphemes that belong to the same
 * units: usually several graphemes of one token, sometimes one grapheme that several tokens share. The texts of all
 * pieces, joined, are the text of the strip, so nothing is ever replaced by U+FFFD.
 */
import type { Unit } from "../contract";
import { byteLength } from "./offsets";

export interface Piece {
  /** `text` of the source; a `special` token, drawn by its name; an `empty` unit, which covers no character. */
  kind: "text" | "special" | "empty";
  text: string;
  /** Indices into the strip; several share the one grapheme of the piece. */
  units: number[];
}

interface Span {
  unit: number;
  start: number;
  end: number;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const cutOnce = new WeakMap<readonly Unit[], readonly Piece[]>();

/** Found once for each text. */
export function pieces(units: readonly Unit[]): readonly Piece[] {
  const known = cutOnce.get(units) ?? cut(units);
  cutOnce.set(units, known);
  return known;
}

function cut(units: readonly Unit[]): Piece[] {
  const drawn: Piece[] = [];
  let run: number[] = [];
  const flush = (): void => {
    drawn.push(...textPieces(units, run));
    run = [];
  };
  units.forEach((unit, index) => {
    if (!isSpecial(unit)) return void run.push(index);
    flush();
    drawn.push({ kind: "special", text: unit.surface ?? unit.text ?? "", units: [index] });
  });
  flush();
  return drawn;
}

/** Pieces cut after each line break, so that every paragraph can be laid out by itself. */
export function paragraphs(drawn: readonly Piece[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const piece of drawn) {
    const parts = piece.kind === "text" ? piece.text.split(/(?<=\n)/) : [piece.text];
    for (const text of parts) {
      lines.at(-1)?.push({ ...piece, text });
      if (text.endsWith("\n")) lines.push([]);
    }
  }
  return lines.filter((line) => line.length > 0);
}

/** Blocks of a long text: its paragraphs, the longest cut behind a sentence, or a word, after `most` pieces. */
export function blocks(lines: readonly Piece[][], most: number): Piece[][] {
  return lines.flatMap((line) => {
    const cut: Piece[][] = [[]];
    for (const piece of line) {
      const block = cut.at(-1) ?? [];
      const enough = block.length >= most && endsSentence(block.at(-1));
      const more = block.length >= 2 * most && /^\s/.test(piece.text);
      if (enough || more || block.length >= 4 * most) cut.push([piece]);
      else block.push(piece);
    }
    return cut;
  });
}

const endsSentence = (piece: Piece | undefined): boolean => /[.!?。！？۔।]["”’)]*\s*$/.test(piece?.text ?? "");

/** Letters of scripts that write them joined: between two of them no room can be made. */
const JOINED = "[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Nko}\\p{Script=Mandaic}\\u200d]";
const JOINS_NEXT = new RegExp(`${JOINED}\\p{M}*$`, "u");
const JOINS_BEFORE = new RegExp(`^${JOINED}`, "u");

/** Pieces that can be given room, each with those that it may not be torn from. */
export function clusters(drawn: readonly Piece[]): Piece[][] {
  const found: Piece[][] = [];
  for (const piece of drawn) {
    const before = found.at(-1)?.at(-1);
    const joins =
      before?.kind === "text" && piece.kind === "text" && JOINS_NEXT.test(before.text) && JOINS_BEFORE.test(piece.text);
    if (joins) found.at(-1)?.push(piece);
    else found.push([piece]);
  }
  return found;
}

/** Whether the unit is drawn by its name, and not as text. */
export const isSpecial = (unit: Unit): boolean => unit.special === true || unit.segment === "template";

/** The graphemes of consecutive units, joined as long as the same units hold their bytes. */
function textPieces(units: readonly Unit[], run: readonly number[]): Piece[] {
  const spans = byteSpans(units, run);
  const holders = spans.filter(({ start, end }) => end > start);
  const empty = spans.filter(({ start, end }) => end === start);
  const drawn: Piece[] = [];
  let from = spans[0]?.start ?? 0;
  let first = 0;
  for (const { segment } of graphemes.segment(run.map((index) => units[index]?.text ?? "").join(""))) {
    const to = from + byteCount(segment);
    while ((empty[0]?.start ?? Infinity) <= from) drawn.push(...empty.splice(0, 1).map(emptyPiece));
    while ((holders[first]?.end ?? Infinity) <= from) first++;
    extend(drawn, segment, owners(holders, first, to));
    from = to;
  }
  return [...drawn, ...empty.map(emptyPiece)];
}

/** Where each unit lies on the byte axis; without offsets, where its text does. */
export function byteSpans(units: readonly Unit[], run: readonly number[]): Span[] {
  let cursor = 0;
  return run.map((index) => {
    const unit = units[index];
    const start = unit?.byte_start ?? cursor;
    const end = unit?.byte_end ?? start + byteCount(unit?.text ?? "");
    cursor = end;
    return { unit: index, start, end };
  });
}

function owners(holders: readonly Span[], first: number, end: number): number[] {
  const found: number[] = [];
  for (let at = first; (holders[at]?.start ?? Infinity) < end; at++) found.push(holders[at]?.unit ?? 0);
  return found;
}

function extend(drawn: Piece[], grapheme: string, units: number[]): void {
  const last = drawn.at(-1);
  const goesOn = last?.kind === "text" && last.units.length === 1 && units.length === 1 && last.units[0] === units[0];
  if (goesOn) last.text += grapheme;
  else drawn.push({ kind: "text", text: grapheme, units });
}

const emptyPiece = ({ unit }: Span): Piece => ({ kind: "empty", text: "", units: [unit] });

export function byteCount(text: string): number {
  let bytes = 0;
  for (const char of text) bytes += byteLength(char.codePointAt(0) ?? 0);
  return bytes;
}
