import { describe, expect, it } from "vitest";

import { textStrip } from "../../fixtures/panels";
import type { Unit } from "../contract";
import { combined, ranges, rechosen, spread, type Grain, type Range } from "./spans";

const cut = (tokens: string, grain: Grain): string[] => {
  const { units } = textStrip("s", tokens.split("|"));
  return ranges(units, grain).map(([from, to]) =>
    units
      .slice(from, to)
      .map(({ text }) => text)
      .join(""),
  );
};

describe("words", () => {
  it("join their tokens, with the space before them, and leave punctuation by itself", () => {
    expect(cut("The| kit|chen|,| un|believ|ably|,| don|'t|.", "word")).toEqual([
      ...["The", " kitchen", ",", " unbelievably", ",", " don't", "."],
    ]);
  });

  it("take spaces that are tokens of their own, but no line breaks", () => {
    expect(cut("a| | |box|\n|\n|in", "word")).toEqual(["a", "  box", "\n", "\n", "in"]);
    expect(cut("end| ", "word")).toEqual(["end", " "]);
  });

  it("become one range where a token holds parts of two", () => {
    expect(cut("in| the ki|tchen| now", "word")).toEqual(["in", " the kitchen", " now"]);
    expect(cut('box|." s|he', "word")).toEqual(["box", '." she']);
  });

  it("are found where a script writes no spaces", () => {
    expect(cut("我|喜|欢|东京", "word")).toEqual(["我", "喜欢", "东京"]);
    expect(cut("สวัส|ดี|ชาว|โลก", "word").join("|")).toBe("สวัสดี|ชาว|โลก");
  });

  it("hold graphemes that several tokens share", () => {
    const units: Unit[] = [
      { kind: "token", text: "a", byte_start: 0, byte_end: 1 },
      { kind: "token", text: " 👩", byte_start: 1, byte_end: 4 },
      { kind: "token", text: "", byte_start: 4, byte_end: 6 },
      { kind: "token", text: " b", byte_start: 6, byte_end: 8 },
    ];
    expect(ranges(units, "word")).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
    ]);
  });

  it("do not reach over special tokens", () => {
    const { units } = textStrip("s", ["ki", "</s>", "tchen"]);
    units[1] = { ...units[1]!, special: true };
    expect(ranges(units, "word")).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });
});

describe("sentences", () => {
  it("end with their full stop and the space behind it", () => {
    expect(cut("Mia| left|.| Tom| took| it|!|\n|Where| is| it|?", "sentence")).toEqual([
      ...["Mia left.", " Tom took it!\n", "Where is it?"],
    ]);
    expect(cut("猫|が|いる|。|犬|も|いる|。", "sentence")).toEqual(["猫がいる。", "犬もいる。"]);
  });
});

it("every unit is in exactly one range", () => {
  for (const grain of ["word", "sentence"] as const) {
    const { units } = textStrip("s", "“|A|b|” |c|\n| |👩‍👩|‍👧| |नम|स्ते| ..|.x| y".split("|"));
    const found = ranges(units, grain);
    expect(found.flatMap(([from, to]) => Array.from({ length: to - from }, (_, step) => from + step))).toEqual(
      units.map((_, index) => index),
    );
  }
});

describe("rules", () => {
  const values = [1, NaN, 3, 8];
  it("sum, mean, least and greatest", () => {
    expect((["sum", "mean", "min", "max"] as const).map((rule) => combined(values, [2, 4], rule))).toEqual([
      11, 5.5, 3, 8,
    ]);
  });
  it("a sum lacks what a part lacks; the others pass over it", () => {
    expect((["sum", "mean", "min", "max"] as const).map((rule) => combined(values, [0, 3], rule))).toEqual([
      NaN,
      2,
      1,
      3,
    ]);
    expect(combined(values, [1, 2], "mean")).toBeNaN();
    expect(combined(values, [2, 1e15], "mean")).toBe(combined(values, [2, values.length], "mean"));
  });
  it("spreads the number of a range over its units", () => {
    expect([
      ...spread(
        values,
        [
          [0, 1],
          [2, 4],
        ],
        "sum",
      ),
    ]).toEqual([1, NaN, 11, 11]);
  });
});

describe("a chosen span", () => {
  it("grows by its neighbours, shrinks at its ends, and ends with its only unit", () => {
    expect(rechosen(null, 4, false)).toEqual([4, 5]);
    expect(rechosen([4, 5], 5, false)).toEqual([4, 6]);
    expect(rechosen([4, 6], 3, false)).toEqual([3, 6]);
    expect(rechosen([3, 6], 3, false)).toEqual([4, 6]);
    expect(rechosen([3, 6], 5, false)).toEqual([3, 5]);
    expect(rechosen([4, 5], 4, false)).toBeNull();
    expect(rechosen([3, 6], 4, false)).toEqual([4, 5]);
    expect(rechosen([3, 6], 9, true)).toEqual([3, 10]);
    expect(rechosen([3, 6], 1, true)).toEqual([1, 6]);
  });

  it("goes by whole words where one number stands for each", () => {
    const words: Range[] = [
      [0, 2],
      [2, 5],
      [5, 6],
    ];
    const by = (span: Range | null, word: number, extend = false): Range | null =>
      rechosen(span, words[word]![0], extend, words[word]);
    expect(by(null, 1)).toEqual([2, 5]);
    expect(by([2, 5], 2)).toEqual([2, 6]);
    expect(by([2, 6], 0)).toEqual([0, 6]);
    expect(by([0, 6], 0)).toEqual([2, 6]);
    expect(by([2, 6], 2)).toEqual([2, 5]);
    expect(by([2, 5], 1)).toBeNull();
    expect(by([0, 2], 2, true)).toEqual([0, 6]);
    // A single token that was asked about before: its word takes its place.
    expect(by([3, 4], 1)).toEqual([2, 5]);
  });
});
