import { describe, expect, it } from "vitest";

import type { Strip, Unit } from "../contract";
import { lineCuts, staves } from "./staves";

const encoder = new TextEncoder();

function strip(id: string, ...texts: string[]): Strip {
  let byte = 0;
  const units = texts.map((text): Unit => {
    const unit: Unit = { kind: "token", text, byte_start: byte, byte_end: byte + encoder.encode(text).length };
    byte = unit.byte_end ?? 0;
    return unit;
  });
  return { id, role: "segmentation", label: id, source: null, tokenizer: id, grid: null, units };
}

describe("lineCuts", () => {
  it("cuts where all tokenizers do, when that is near the end of the line", () => {
    expect(lineCuts("red ball box", new Set([3, 8]), 10)).toEqual([0, 8, 12]);
  });

  it("cuts at a grapheme when there is nothing shared nearby", () => {
    expect(lineCuts("abcdefghij", new Set(), 4)).toEqual([0, 4, 8, 10]);
    expect(lineCuts("a👩‍👩‍👧‍👦b", new Set(), 2)).toEqual([0, 1, 26, 27]);
  });

  it("counts wide characters twice and ends lines at line breaks", () => {
    expect(lineCuts("中文字符", new Set(), 4)).toEqual([0, 6, 12]);
    expect(lineCuts("a\nb", new Set(), 10)).toEqual([0, 2, 3]);
  });
});

describe("staves", () => {
  it("put the same bytes below each other and mark units that go on in the next line", () => {
    const [first, second] = staves([strip("a", "red", " ball"), strip("b", "red ba", "ll")], "red ball", [8], 5);
    expect(first?.rows.map((row) => row.map(({ text }) => text))).toEqual([["red", " b"], ["red b"]]);
    expect(second?.rows.map((row) => row.map(({ text }) => text))).toEqual([["all"], ["a", "ll"]]);
    expect(first?.rows[1]?.[0]).toMatchObject({ opens: true, closes: false, from: 0, to: 5 });
    expect(second?.rows[1]?.[0]).toMatchObject({ opens: false, closes: true, units: [0] });
  });

  it("have the direction of their paragraph, also where a line holds none of its letters", () => {
    const text = "שלום one two\nabc";
    const lines = staves([strip("whole", text)], text, [], 6);
    expect(lines.map(({ rtl }) => rtl)).toEqual([true, true, true, false]);
  });

  it("lose nothing of the text in any row", () => {
    const text = "čšž 👩‍👩‍👧‍👦 नमस्ते 中文";
    const chars = Array.from(text);
    const lines = staves([strip("chars", ...chars), strip("whole", text)], text, [], 7);
    for (const row of [0, 1]) {
      expect(lines.map((line) => line.rows[row]?.map((piece) => piece.text).join("")).join("")).toBe(text);
    }
  });
});
