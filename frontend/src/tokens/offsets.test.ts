import { expect, it } from "vitest";

import { codePoints, hex, nameOf, whereabouts } from "./describe";
import { offsets, slice } from "./offsets";
import { quoted, showInvisible } from "./visible";

it("counts code points in UTF-16 units and in bytes", () => {
  const text = "aé中👩b";
  const counted = offsets(text);
  expect([...counted.utf16]).toEqual([0, 1, 2, 3, 5, 6]);
  expect([...counted.bytes]).toEqual([0, 1, 3, 6, 10, 11]);
  expect(counted.bytes.at(-1)).toBe(new TextEncoder().encode(text).length);
  expect(slice(text, counted, 3, 5)).toBe("👩b");
  expect(slice(text, counted, 4, 99)).toBe("b");
});

it("draws what is invisible and keeps the places where a line may break", () => {
  expect(showInvisible("a b\tc\n")).toBe("a␣\u200bb→\u200bc⏎\n");
  expect(showInvisible("\u0007\u00a0")).toBe("␇⍽");
  expect(quoted(" the\n")).toBe("“ the⏎”");
  expect(quoted(" \u00a0\n")).toBe("“␣⍽⏎”");
});

it("names a unit by text, bytes, special name or place", () => {
  expect(nameOf({ kind: "token", text: " the" })).toBe("“ the”");
  expect(nameOf({ kind: "token", text: "", bytes: "n5I=" })).toBe("bytes 9f 92");
  expect(nameOf({ kind: "token", surface: "<s>", special: true })).toBe("<s>");
  expect(nameOf({ kind: "patch", row: 1, col: 0 })).toBe("Patch, row 2, column 1");
  expect(hex({ kind: "token", bytes: "8J+RqQ==" })).toBe("f0 9f 91 a9");
  expect(codePoints("a\u0301")).toBe("U+0061 U+0301");
});

it("says where a unit lies, ends excluded", () => {
  const units = [{ kind: "token" as const, char_start: 3, char_end: 7, byte_start: 3, byte_end: 4 }];
  const strip = { id: "main", role: "text" as const, label: "", source: null, tokenizer: null, grid: null, units };
  expect(whereabouts(strip, 0)).toBe("token 0 · characters 3–6 · byte 3");
});
