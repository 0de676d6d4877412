import { describe, expect, it } from "vitest";

import type { Strip, Track, Unit } from "../contract";
import { hasSinks, outstanding, percentile, sinksOf } from "./sinks";

const strip = (units: Partial<Unit>[]): Strip => ({
  ...{ id: "main", role: "text", label: "Text", source: null, tokenizer: null, grid: null },
  units: units.map((unit) => ({ kind: "token", ...unit })),
});
const text = (...tokens: string[]): Strip =>
  strip(tokens.map((token) => ({ text: token, special: token.startsWith("<") })));
const image = (patches: number): Strip =>
  strip([
    { kind: "token", surface: "[CLS]", special: true },
    ...Array.from({ length: patches }, (_, patch) => ({
      ...{ kind: "patch" as const, row: Math.floor(patch / 8), col: patch % 8 },
      box: [0, 0, 1, 1] as [number, number, number, number],
    })),
  ]);

const STORY = text("<bos>", "Mia", " put", " the", " ball", " in", " the", " box", ".", " Why", "?");

const track = (...rows: (number | null)[][]): Track => ({
  ...{ name: "attention", label: "Attention", unit: "", scale: "sequential", categories: null, domain: [0, 1] },
  ...{ axes: [{ name: "layer", values: rows.map((_, layer) => layer) }], aggregate: ["sum"], values: rows },
});

describe("what stands out in a text", () => {
  it("are the first token and delimiters far above all others", () => {
    const values = [0.81, 0.01, 0.02, 0.01, 0.01, 0.005, 0.01, 0.02, 0.12, 0.005, 0.01];
    expect(outstanding(STORY, values)).toEqual([0, 8]);
  });

  it("are never words, however much they draw", () => {
    const values = [0.02, 0.01, 0.02, 0.01, 0.9, 0.005, 0.01, 0.02, 0.01, 0.005, 0.01];
    expect(outstanding(STORY, values)).toEqual([]);
  });

  it("need three times what the others reach", () => {
    const others = [0.01, 0.01, 0.01, 0.1, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01];
    expect(outstanding(STORY, [0.27, ...others])).toEqual([]);
    expect(outstanding(STORY, [0.31, ...others])).toEqual([0]);
  });

  it("are found when the first unit has no value: the first that has one takes its place", () => {
    const values = [NaN, 0.8, 0.02, 0.01, 0.01, 0.005, 0.01, 0.02, 0.02, 0.005, 0.01];
    expect(outstanding(STORY, values)).toEqual([1]);
  });

  it("are not looked for among a handful", () => {
    expect(outstanding(text("<bos>", "a", "b"), [0.9, 0.05, 0.05])).toEqual([]);
  });
});

describe("what stands out in an image", () => {
  const quiet = Array.from({ length: 65 }, (_, unit) => (unit === 0 ? NaN : 0.01 + (unit % 7) / 1000));

  it("are patches five times above the others, two that hide each other included", () => {
    expect(outstanding(image(64), quiet.with(20, 0.2).with(41, 0.19))).toEqual([20, 41]);
    expect(outstanding(image(64), quiet.with(20, 0.07))).toEqual([]);
  });

  it("are not the patches of an object, which lie beside each other", () => {
    expect(outstanding(image(64), quiet.with(20, 0.4).with(28, 0.35))).toEqual([]);
    expect(outstanding(image(64), quiet.with(20, 0.4).with(29, 0.09))).toEqual([]);
    expect(
      outstanding(
        image(64),
        quiet.map((value, unit) => (unit >= 20 && unit < 32 ? 0.2 : value)),
      ),
    ).toEqual([]);
  });
});

describe("sinks", () => {
  const quiet = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
  const sunk = quiet.with(0, 0.8).with(8, 0.5);

  it("stand out in half of the layers, and what is greatest without them is known", () => {
    expect(sinksOf(STORY, track(sunk, quiet.with(5, 0.2)))).toEqual({ units: [0, 8], rest: Math.fround(0.2) });
  });

  it("do not come from a single head that looks at one thing", () => {
    expect(sinksOf(STORY, track(sunk, quiet, quiet))).toEqual({ units: [], rest: Math.fround(0.8) });
  });
});

it("are known of attention only", () => {
  const named = (name: string, scale = "sequential"): boolean => hasSinks({ name, scale });
  expect(["attention", "cls_attention", "received_attention_mean"].every((name) => named(name))).toBe(true);
  expect([named("surprisal"), named("inattentions"), named("attention", "diverging")]).toEqual([false, false, false]);
});

it("percentiles lie between neighbours", () => {
  expect(percentile([4, 3, 2, 1, 0], 0.99)).toBeCloseTo(3.96);
  expect(percentile([4], 0.99)).toBe(4);
  expect(percentile([], 0.99)).toBe(0);
});
