import { describe, expect, it } from "vitest";

import type { Unit } from "../contract";
import { changesOf, columnsOf, graphemesOf, matched, untilTheyPart } from "./common";
import { byteCount } from "./pieces";

/** Units of these texts; `<s>` is a special token. Byte offsets as the contract gives them. */
function units(...texts: string[]): Unit[] {
  let cursor = 0;
  return texts.map((text): Unit => {
    if (text === "<s>") return { kind: "token", text: "", surface: "<s>", special: true };
    const start = cursor;
    cursor += byteCount(text);
    return { kind: "token", text, byte_start: start, byte_end: cursor };
  });
}

/** Columns as text: `one=other` where they say the same, `one≠other` where not. */
function columns(one: Unit[], other: Unit[], behind: number | null = null): string[] {
  const [left, right] = [graphemesOf({ units: one }), graphemesOf({ units: other })];
  const matches = matched(left, right);
  const kept = behind === null ? matches : untilTheyPart(matches, behind);
  const said = (list: Unit[], range: readonly [number, number] | null): string =>
    range === null
      ? "–"
      : list
          .slice(...range)
          .map(({ surface, text }) => surface ?? text)
          .join("|");
  return columnsOf(left, right, kept).map(
    (column) => `${said(one, column.one)}${column.equal ? "=" : "≠"}${said(other, column.other)}`,
  );
}

const changes = (one: string, other: string): string => {
  const [left, right] = [graphemesOf({ units: units(one) }), graphemesOf({ units: units(other) })];
  const marks = { same: "", removed: "-", added: "+" };
  return changesOf(left, right, matched(left, right))
    .map(({ kind, text }) => (kind === "same" ? text : `[${marks[kind]}${text}]`))
    .join("");
};

describe("common cuts", () => {
  it("are all boundaries of one tokenizer", () => {
    expect(columns(units("<s>", "Mia", " put"), units("<s>", "Mia", " put"))).toEqual([
      "<s>=<s>",
      "Mia=Mia",
      " put= put",
    ]);
  });

  it("join tokens up to where both tokenizers cut", () => {
    expect(columns(units("kit", "chen", " is"), units("k", "itch", "en", " ", "is"))).toEqual([
      "kit|chen=k|itch|en",
      " is= |is",
    ]);
  });

  it("never cut through a grapheme, however many bytes are tokens of their own", () => {
    const flag: Unit[] = [0, 2, 4, 6].map((start) => ({
      ...{ kind: "byte", text: start === 0 ? "🇨🇭" : "", byte_start: start, byte_end: start + 2 },
    }));
    const after: Unit = { kind: "byte", text: "!", byte_start: 8, byte_end: 9 };
    expect(columns([...flag, after], units("🇨🇭", "!"))).toEqual(["🇨🇭|||=🇨🇭", "!=!"]);
    expect(columns([...flag, after], [...flag, after])).toEqual(["🇨🇭=🇨🇭", "=", "=", "=", "!=!"]);
    expect(columns([...flag, after], units("🇨🇭!"))).toEqual(["🇨🇭||||!=🇨🇭!"]);
  });

  it("stand beside what only one text has", () => {
    expect(columns(units("Mia", " put", " it"), units("Mia", " quickly", " put", " it"))).toEqual([
      "Mia=Mia",
      "–≠ quickly",
      " put= put",
      " it= it",
    ]);
    expect(columns(units("the", " red", " ball"), units("the", " big", " ball"))[1]).toBe(" red≠ big");
  });

  it("keep a special token for itself, and pair it with the same one only", () => {
    expect(columns(units("<s>", "Hi"), units("Hi"))).toEqual(["<s>≠–", "Hi=Hi"]);
  });

  it("find no words in common where there are none", () => {
    expect(columns(units("red"), units("a", "b"))).toEqual(["red≠a", "–≠b"]);
    expect(columns([], units("a"))).toEqual(["–≠a"]);
  });

  it("end where two answers part", () => {
    const [one, other] = [units("Q", " a", " cat", " ran"), units("Q", " a", " dog", " ran")];
    expect(columns(one, other)).toEqual(["Q=Q", " a= a", " cat≠ dog", " ran= ran"]);
    expect(columns(one, other, 1)).toEqual(["Q=Q", " a= a", " cat≠ dog", " ran≠ ran"]);
  });

  it("lose no unit of either text", () => {
    const [one, other] = [
      units("Zoë", " ran", " to", " the", " kitchen", "."),
      units("Zo", "ë w", "alked to", " it", "."),
    ];
    const said = columns(one, other).map((column) => column.split(/[=≠]/).map((text) => text.replaceAll(/[|–]/g, "")));
    expect(said.map(([text]) => text).join("")).toBe("Zoë ran to the kitchen.");
    expect(said.map(([, text]) => text).join("")).toBe("Zoë walked to it.");
  });
});

describe("what was changed", () => {
  it("is told by words, and by the graphemes in which two words differ", () => {
    expect(changes("Mia put the red ball.", "Mia put the ball.")).toBe("Mia put the[- red] ball.");
    expect(changes("the box", "the boxes")).toBe("the box[+es]");
    expect(changes("the red ball", "the big ball")).toBe("the[- red][+ big] ball");
    expect(changes("Mia ran", "Yesterday Mia ran")).toBe("[+Yesterday ]Mia ran");
    expect(changes("a👩‍👩‍👧", "a👩‍👩‍👦")).toContain("[-👩‍👩‍👧][+👩‍👩‍👦]");
    expect(changes("same", "same")).toBe("same");
  });
});
