import { describe, expect, it } from "vitest";

import type { Unit } from "../contract";
import { paragraphs, pieces, type Piece } from "./pieces";

const utf8 = new TextEncoder();

/** Units as a byte-level tokenizer would give them: a character belongs to the token that holds its first byte. */
function cut(text: string, ...lengths: number[]): Unit[] {
  const chars = Array.from(text).map((char) => ({ char, size: utf8.encode(char).length }));
  const starts = chars.map((_, index) => chars.slice(0, index).reduce((sum, { size }) => sum + size, 0));
  let from = 0;
  return lengths.map((length) => {
    const to = from + length;
    const own = chars.filter((_, index) => starts[index]! >= from && starts[index]! < to);
    const unit: Unit = { kind: "token", text: own.map(({ char }) => char).join(""), byte_start: from, byte_end: to };
    from = to;
    return unit;
  });
}

const shape = (drawn: readonly Piece[]): [string, number[]][] => drawn.map(({ text, units }) => [text, units]);
const joined = (drawn: readonly Piece[]): string => drawn.map(({ text }) => text).join("");

describe("pieces", () => {
  it("are the tokens themselves where tokens hold whole characters", () => {
    expect(shape(pieces(cut("the box", 3, 4)))).toEqual([
      ["the", [0]],
      [" box", [1]],
    ]);
  });

  it("share one emoji between the byte tokens that make it", () => {
    expect(shape(pieces(cut("a👩b", 1, 2, 1, 1, 1)))).toEqual([
      ["a", [0]],
      ["👩", [1, 2, 3]],
      ["b", [4]],
    ]);
  });

  it("keep a family emoji whole although tokens cut it at its joiners and inside its bytes", () => {
    const family = "👩‍👩‍👧‍👦";
    const units = cut(` ${family}!`, 3, 2, 3, 7, 10, 2);
    expect(utf8.encode(` ${family}!`)).toHaveLength(27);
    expect(shape(pieces(units))).toEqual([
      [" ", [0]],
      [family, [0, 1, 2, 3, 4, 5]],
      ["!", [5]],
    ]);
  });

  it("keep combining marks on their letter, also when they are tokens of their own", () => {
    const text = "na\u0301\u0323b";
    expect(shape(pieces(cut(text, 2, 2, 2, 1)))).toEqual([
      ["n", [0]],
      ["a\u0301\u0323", [0, 1, 2]],
      ["b", [3]],
    ]);
  });

  it("keep flags, Devanagari clusters and CJK whole", () => {
    const text = "🇨🇭नमस्ते中文";
    const drawn = pieces(cut(text, ...Array<number>(utf8.encode(text).length).fill(1)));
    expect(drawn.map((piece) => piece.text).slice(0, 3)).toEqual(["🇨🇭", "न", "म"]);
    expect(drawn.slice(-2).map((piece) => piece.text)).toEqual(["中", "文"]);
    expect(joined(drawn)).toBe(text);
  });

  it("leave right-to-left text in logical order", () => {
    expect(shape(pieces(cut("שלום عليكم", 4, 4, 11)))).toEqual([
      ["של", [0]],
      ["ום", [1]],
      [" عليكم", [2]],
    ]);
  });

  it("never invent a replacement character, and lose none of the text", () => {
    const text = "čšž 👩‍👩‍👧‍👦 a\u0301\u0323 é\r\n中文";
    const size = utf8.encode(text).length;
    for (const step of [1, 2, 3, 5, 7]) {
      const lengths = Array.from({ length: Math.ceil(size / step) }, (_, index) => Math.min(step, size - index * step));
      const drawn = pieces(cut(text, ...lengths));
      expect(joined(drawn)).toBe(text);
      expect(joined(drawn)).not.toContain("\ufffd");
      expect(new Set(drawn.flatMap(({ units }) => units)).size).toBe(lengths.length);
    }
  });

  it("draw special tokens by their name, apart from the text", () => {
    const units: Unit[] = [
      { kind: "token", text: "", surface: "<s>", special: true },
      { kind: "token", text: "Hi", byte_start: 0, byte_end: 2 },
    ];
    expect(pieces(units)).toEqual([
      { kind: "special", text: "<s>", units: [0] },
      { kind: "text", text: "Hi", units: [1] },
    ]);
  });

  it("keep a place for units that cover nothing", () => {
    const units: Unit[] = [
      { kind: "token", text: "", surface: "▁", byte_start: 0, byte_end: 0 },
      { kind: "token", text: "a", byte_start: 0, byte_end: 1 },
      { kind: "token", text: "", surface: "▁", byte_start: 1, byte_end: 1 },
      { kind: "gap", text: "b", byte_start: 1, byte_end: 2 },
    ];
    expect(pieces(units).map(({ kind, units }) => [kind, units])).toEqual([
      ["empty", [0]],
      ["text", [1]],
      ["empty", [2]],
      ["text", [3]],
    ]);
  });
});

describe("paragraphs", () => {
  it("end with their line break, and a token may span two", () => {
    const lines = paragraphs(pieces(cut("a.\n\nb", 1, 3, 1)));
    expect(lines.map(shape)).toEqual([
      [
        ["a", [0]],
        [".\n", [1]],
      ],
      [["\n", [1]]],
      [["b", [2]]],
    ]);
  });
});
