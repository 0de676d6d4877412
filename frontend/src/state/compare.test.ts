import { describe, expect, it } from "vitest";

import type { Strip, Unit } from "../contract";
import { colourScale } from "../theme/scales";
import { compare, departure, type Comparison, type Side } from "./compare";
import { agreement, largest, measured } from "./measured";
import { merged } from "./merged";

const NAMES = ["same", "differs"] as const;
const unit = (text: string, segment: Unit["segment"] = "prompt"): Unit => ({ kind: "token", text, segment });
const strip = (units: Unit[]): Strip => ({
  ...{ id: "main", role: "text", label: "", source: null, tokenizer: null, grid: null, units },
});

function side(units: Unit[], values: number[], track: Partial<Side["track"]> = {}): Side {
  const own: Side["track"] = {
    ...{ name: "surprisal", label: "Surprisal", unit: "nat", scale: "sequential", domain: [0, null] },
    ...{ aggregate: ["sum"], categories: null, ...track },
  };
  return { strip: strip(units), track: own, values, scale: colourScale(own, values) };
}

/** Of things that can be laid along each other. */
function compared(a: Side, b: Side, behind = false): Comparison {
  const found = compare(a, b, { behind });
  if (typeof found === "string") throw new Error(found);
  return found;
}

const numbers = ({ columns }: Comparison): unknown[] => columns.map(({ a, b, equal }) => [equal, a, b]);

describe("a comparison of texts", () => {
  it("joins the numbers of tokens up to common cuts by the rule of their track", () => {
    const a = side([unit("kit"), unit("chen"), unit(" is")], [1, 2, 4]);
    const b = side([unit("kitchen"), unit(" i"), unit("s")], [5, 1, 2]);
    const found = compared(a, b);
    expect(numbers(found)).toEqual([
      [true, 3, 5],
      [true, 4, 3],
    ]);
    expect(found).toMatchObject({ joined: true, rules: ["sum", "sum"], scale: { low: 0, high: 5 } });
    const means = compared({ ...a, track: { ...a.track, aggregate: ["mean"] } }, b);
    expect(numbers(means)[0]).toEqual([true, 1.5, 5]);
    const none = compared({ ...a, track: { ...a.track, aggregate: [] } }, b);
    expect(numbers(none)).toEqual([
      [true, NaN, 5],
      [true, 4, 3],
    ]);
  });

  it("has one scale for both, which reaches from the lower of both ends to the higher", () => {
    const one = side([unit("a"), unit(" b")], [1, 9]);
    expect(compared(one, side([unit("a"), unit(" b")], [2, 4])).scale).toMatchObject({ low: 0, high: 9 });
    const signed = side([unit("a"), unit(" b")], [-12, 3], { scale: "diverging", domain: [null, null] });
    expect(compared(one, signed).scale).toMatchObject({ kind: "diverging", low: -12, high: 12 });
  });

  it("has none for other units, other quantities without a unit, other names", () => {
    const units = [unit("a")];
    const of = (a: Partial<Side["track"]>, b: Partial<Side["track"]>): unknown =>
      compared(side(units, [1], a), side(units, [1], b)).scale;
    expect(of({ unit: "nat" }, { unit: "bit" })).toBe("units");
    expect(of({ unit: "" }, { unit: "", name: "other" })).toBe("quantities");
    expect(of({ unit: "", domain: [0, 1] }, { unit: "", name: "other", domain: [0, 1] })).toMatchObject({ high: 1 });
    const named = { scale: "categorical" as const, domain: [0, 1] as [number, number] };
    expect(of({ ...named, categories: ["x"] }, { ...named, categories: ["y"] })).toBe("categories");
  });

  it("aligns two answers to one prompt up to where they part, and those of a branch behind it as well", () => {
    const before = [unit("Mia")];
    const says = (...texts: string[]): Unit[] => texts.map((text) => unit(text, "generated"));
    const a = side([...before, ...says(" took", " it", ".")], [NaN, 1, 2, 3]);
    const b = side([...before, ...says(" gave", " it", " up", ".")], [NaN, 9, 2, 1, 1]);
    expect(compared(a, b).columns.filter(({ equal }) => equal)).toHaveLength(1);
    expect(numbers(compared(a, b, true)).slice(1)).toEqual([
      [false, 1, 9],
      [true, 2, 2],
      [false, NaN, 1],
      [true, 3, 1],
    ]);
    // What was changed is told of the prompt, not of the answers.
    expect(compared(a, b).changes).toEqual([{ kind: "same", text: "Mia" }]);
    expect(departure(b.strip, 1)).toBeNull();
    const tokens = b.strip.units.map((one, id) => ({ ...one, id }));
    expect(departure({ units: tokens }, 1)).toBe(1);
  });

  it("cannot be made of a text and a picture", () => {
    const patch: Unit = { kind: "patch", box: [0, 0, 8, 8] };
    expect(compare(side([unit("a")], [1]), side([patch], [1]))).toBe("kinds");
  });
});

const patches = (columns: number, size: number): Unit[] =>
  Array.from({ length: columns * columns }, (_, at): Unit => {
    const [row, col] = [Math.floor(at / columns), at % columns];
    return { kind: "patch", row, col, box: [col * size, row * size, (col + 1) * size, (row + 1) * size] };
  });

describe("a comparison of pictures", () => {
  it("goes patch by patch on one grid", () => {
    const found = compared(side(patches(2, 8), [1, 2, 3, 4]), side(patches(2, 8), [4, 3, 2, 1]));
    expect(found).toMatchObject({ kind: "picture", joined: false });
    expect(numbers(found)).toEqual([
      [true, 1, 4],
      [true, 2, 3],
      [true, 3, 2],
      [true, 4, 1],
    ]);
    expect(agreement(found, false, 2)).toMatchObject({ count: 4, spearman: -1, kendall: -1, top: { shared: 0 } });
  });

  it("goes over pixels on two, sums spread evenly over a patch", () => {
    // 2 × 2 patches of 6 pixels against 3 × 3 of 4: cut at 0, 4, 6, 8 and 12.
    const a = side(patches(2, 6), [1, 1, 1, 1]);
    const b = side(patches(3, 4), [1, 1, 1, 1, 1, 1, 1, 1, 1], { aggregate: ["mean"] });
    const found = compared(a, b);
    expect(found.columns).toHaveLength(16);
    expect(found.columns.map(({ weight }) => weight).reduce((sum, area) => sum + area, 0)).toBe(144);
    expect(new Set(found.columns.map((column) => [column.a, column.b].join()))).toEqual(new Set(["1,1"]));
    const sums = compared(a, { ...b, track: { ...b.track, aggregate: ["sum"] } });
    // Nine sums of 1 on 144 pixels are four of 9 / 4.
    expect(sums.columns[0]).toMatchObject({ a: 1, b: 9 / 4 });
  });

  it("is not made of pictures of different sizes", () => {
    const small = side(patches(2, 4), [1, 2, 3, 4]);
    expect(compare(side(patches(2, 8), [1, 2, 3, 4]), small)).toBe("pictures");
  });
});

describe("what a comparison says", () => {
  const words = ["a", " b", " c", " d"].map((text) => unit(text));
  const [a, b] = [side(words, [1, 0, 8, NaN]), side(words, [1, 1, 4, 2])];

  it("is B − A, on a scale with zero in the middle", () => {
    const values = measured(compared(a, b), "values", NAMES);
    expect([...values.difference]).toEqual([0, 1, -4, NaN]);
    expect(values.differenceScale).toEqual({ kind: "diverging", low: -4, high: 4 });
    expect(values.scale).toMatchObject({ kind: "sequential", low: 0, high: 8 });
  });

  it("is the difference of ranks among what is aligned where there is no common scale", () => {
    const other = side(words, [10, 30, 20, 1], { unit: "bit" });
    const ranks = measured(compared(a, other), "values", NAMES);
    expect(ranks.measure).toBe("ranks");
    expect([...ranks.a]).toEqual([0.5, 0, 1, NaN]);
    expect([...ranks.b]).toEqual([0, 1, 0.5, NaN]);
    expect([...ranks.difference]).toEqual([-0.5, 1, -0.5, NaN]);
    expect(agreement(compared(a, other), false, 1)).toMatchObject({ count: 3, apart: null, spearman: -0.5 });
  });

  it("ranks differences by a smoothed ratio, which keeps the tiniest numbers from leading", () => {
    const tiny = measured(compared(side(words, [1e-9, 4, 6, 2]), side(words, [1e-6, 12, 3, 2])), "values", NAMES);
    const { smoothing, signed, list } = largest(tiny, "ratio", 9);
    expect(signed).toBe(false);
    expect(smoothing).toBeCloseTo(29 / 8, 6);
    expect(list.map(({ column }) => column)).toEqual([1, 2, 0]);
    expect(list[0]?.ratio).toBeCloseTo((12 + 29 / 8) / (4 + 29 / 8), 6);
    expect(largest(tiny, "difference", 1).list.map(({ difference }) => difference)).toEqual([8]);
  });

  it("ranks differences of signed numbers by sizes", () => {
    const signed = { scale: "diverging" as const, domain: [null, null] as [null, null] };
    const two = compared(side(words, [1, -2, 3, 0], signed), side(words, [1, 2, 2, 0], signed));
    const found = largest(measured(two, "values", NAMES), "ratio", 9);
    expect(found.signed).toBe(true);
    expect(found.list.map(({ column, ratio }) => [column, ratio])).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(found.list[0]?.score).toBeCloseTo(4 / (4 + 2 * (11 / 8)), 12);
  });

  it("tells of names how many are the same", () => {
    const named = { scale: "categorical" as const, domain: [0, 2] as [number, number], categories: ["x", "y", "z"] };
    const two = compared(side(words, [0, 1, 2, NaN], named), side(words, [0, 2, 2, 1], named));
    expect(agreement(two, false, 1)).toMatchObject({ same: 2 / 3, spearman: null });
    expect([...measured(two, "values", NAMES).difference]).toEqual([0, 1, 0, NaN]);
  });
});

describe("both as one text", () => {
  it("has what was taken away beside what took its place", () => {
    const words = (...texts: string[]): Unit[] => texts.map((text) => unit(text));
    const [a, b] = [
      side(words("the", " red", " old", " ball"), [1, 1, 1, 1]),
      side(words("the", " big", " ball"), [1, 1, 1]),
    ];
    const { strip: one, kinds } = merged(compared(a, b).columns, a.strip, b.strip);
    expect(one.units.map(({ text }, at) => `${text} ${kinds[at]}`)).toEqual([
      "the same",
      " red removed",
      " old removed",
      " big added",
      " ball same",
    ]);
  });
});
