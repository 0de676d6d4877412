import { describe, expect, it } from "vitest";

import { textStrip } from "../../fixtures/panels";
import type { Unit } from "../contract";
import { lines, matched, runs, textOf, type Cut } from "./cuts";
import { compiled, fault, matchesIn } from "./pattern";

const unitsOf = (tokens: string): Unit[] => textStrip("s", tokens.split("|")).units;
const written = (units: readonly Unit[], ranges: Cut["ranges"]): string[] =>
  ranges.map(([from, to]) =>
    units
      .slice(from, to)
      .map(({ text }) => text)
      .join(""),
  );
const found = (units: readonly Unit[], pattern: string): Cut =>
  matched(
    units,
    runs(units).map((run) => matchesIn(textOf(units, run), compiled(pattern))),
  );
/** Matches in brackets. */
const cut = (tokens: string, pattern: string): string[] => {
  const units = unitsOf(tokens);
  const { ranges, matches } = found(units, pattern);
  return written(units, ranges).map((text, index) => (matches[index] ? `[${text}]` : text));
};
const linesOf = (tokens: string): string[] => {
  const units = unitsOf(tokens);
  return written(units, lines(units));
};

describe("lines", () => {
  it("end with their line break, whatever it is made of", () => {
    expect(linesOf("one| two|\r\n|three|\n|\n|four|\r|five|\u2028|six")).toEqual([
      ...["one two\r\n", "three\n", "\n", "four\r", "five\u2028", "six"],
    ]);
  });

  it("a break of two tokens is one break, and a token with the break before it belongs to the line of its letters", () => {
    expect(linesOf("a|\r|\n|b")).toEqual(["a\r\n", "b"]);
    expect(linesOf("a|\nb| c")).toEqual(["a", "\nb c"]);
    expect(linesOf("a|\n  |b")).toEqual(["a\n  ", "b"]);
  });

  it("a token with letters of two lines makes them one range", () => {
    expect(linesOf("x| a\nb| y|\n|z")).toEqual(["x a\nb y\n", "z"]);
  });

  it("hold every unit once, special tokens by themselves", () => {
    const units = unitsOf("a|</s>|b|\n|c");
    units[1] = { ...units[1]!, special: true };
    expect(lines(units)).toEqual([
      [0, 1],
      [1, 2],
      [2, 4],
      [4, 5],
    ]);
  });
});

describe("an expression", () => {
  it("makes a range of each match and of what lies between", () => {
    expect(cut("The| red| ball| is| red|.", "red|ball")).toEqual(["The", "[ red]", "[ ball]", " is", "[ red]", "."]);
    expect(cut("12|3| and| 4", "\\d+")).toEqual(["[123]", " and", "[ 4]"]);
  });

  it("takes the tokens that hold a part of a match; matches in one token are one", () => {
    expect(cut("un|believ|ably| so", "elie")).toEqual(["un", "[believ]", "ably so"]);
    expect(cut("abab|x", "ab")).toEqual(["[abab]", "x"]);
  });

  it("counts emoji and Arabic in bytes as the tokens do", () => {
    expect(cut("a|👩‍👩‍👧| b| السلام| عليكم|!", "\\p{Script=Arabic}+")).toEqual([
      ...["a👩‍👩‍👧 b", "[ السلام]", "[ عليكم]", "!"],
    ]);
    expect(cut("a|👩‍👩‍👧| b", "👧")).toEqual(["a", "[👩‍👩‍👧]", " b"]);
    expect(cut("é|é|x", "x")).toEqual(["éé", "[x]"]);
  });

  it("finds characters whose bytes several tokens hold", () => {
    const units: Unit[] = [
      { kind: "token", text: "a", byte_start: 0, byte_end: 1 },
      { kind: "token", text: " 👩", byte_start: 1, byte_end: 4 },
      { kind: "token", text: "", byte_start: 4, byte_end: 6 },
      { kind: "token", text: " b", byte_start: 6, byte_end: 8 },
    ];
    expect(found(units, "👩")).toEqual({
      ranges: [
        [0, 1],
        [1, 3],
        [3, 4],
      ],
      matches: [false, true, false],
    });
  });

  it("that matches nothing at a place cuts there", () => {
    expect(cut("Mia| left|.| Tom| came", "(?=[A-Z])")).toEqual(["Mia left.", " Tom came"]);
    expect(cut("a| b| c", "x*")).toEqual(["a", " b", " c"]);
    expect(cut("a| b", "z")).toEqual(["a b"]);
  });

  it("stands at lines, and takes flags of its own", () => {
    expect(cut("> a|\n|b|\n|> c", "^>.*$")).toEqual(["[> a]", "\nb\n", "[> c]"]);
    expect(cut("Red| red", "/RED/i")).toEqual(["[Red]", "[ red]"]);
    expect(cut("a|/|b", "/")).toEqual(["a", "[/]", "b"]);
  });

  it("that is none says why, in the engine's words", () => {
    expect(fault("(red")).toMatch(/^Unterminated group$/i);
    expect(fault("[z-a]")).not.toBeNull();
    expect(fault("red")).toBeNull();
  });
});
