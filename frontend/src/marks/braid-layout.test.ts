import { describe, expect, it } from "vitest";

import { BEND, braidLayout, type Knot, type Trial, type Word } from "./braid-layout";
import { fitted } from "./measure";

const one = (text: string): number => 10 * Array.from(text).length;
const measures = { plain: one, bold: one };
const TOKENS = ["The", " ball", " is", " in", " the", " box", "."];
const trial = (changes: Partial<Trial>): Trial => ({
  ...{ index: 1, at: 2, length: 2, text: " is in", kept: true, note: "" },
  ...changes,
});
const knots = (width: number, trials: readonly Trial[]): Knot[] =>
  braidLayout(TOKENS, trials, width, measures).flatMap(({ parts }) =>
    parts.filter((part): part is Knot => part.kind === "knot"),
  );
const words = (width: number, trials: readonly Trial[]): string[] =>
  braidLayout(TOKENS, trials, width, measures).flatMap(({ parts }) =>
    parts.filter((part): part is Word => part.kind === "word").map(({ text }) => text),
  );

describe("a braid", () => {
  const kept = trial({});
  const above = trial({ index: 2, kept: false, text: " was red and" });
  const below = trial({ index: 3, kept: false, text: " lay" });

  it("replaces the line by the trial that was kept, as far as it reaches", () => {
    expect(words(1000, [above, kept, below])).toEqual(["The", " ball", " the", " box."]);
    const [knot] = knots(1000, [above, kept, below]);
    expect(knot!.lanes.map(({ lane, trial: of }) => [lane, of?.index])).toEqual([
      [0, 1],
      [-1, 2],
      [1, 3],
    ]);
    expect(knot!.width).toBe(one(" was red and") + 2 * BEND);
    expect(knot!.x).toBe(one("The ball"));
  });

  it("shows the line's own text where no trial was kept", () => {
    const [knot] = knots(1000, [above]);
    expect(knot!.lanes[0]).toMatchObject({ lane: 0, trial: null, text: " is in" });
  });

  it("ends a trial where the next one departs", () => {
    const next = trial({ index: 4, at: 3, text: " in" });
    expect(words(1000, [kept, next]).join("")).toBe("The ball box.");
  });

  it("breaks into rows that hold what lies above and below, and stays in its width", () => {
    const rows = braidLayout(TOKENS, [kept, above, below], 170, measures);
    expect(rows.map(({ above: up, below: down }) => [up, down])).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
    for (const { parts } of rows) for (const { x, width } of parts) expect(x + width).toBeLessThanOrEqual(170);
    expect(rows[2]!.parts[0]).toMatchObject({ kind: "word", text: "the", x: 0 });
  });
});

describe("fitted", () => {
  it("keeps what fits, from either end", () => {
    expect(fitted("abcdef", 60, one)).toBe("abcdef");
    expect(fitted("abcdef", 40, one)).toBe("abc…");
    expect(fitted("abcdef", 40, one, "end")).toBe("…def");
    expect(fitted("abcdef", 5, one)).toBe("…");
  });
});
