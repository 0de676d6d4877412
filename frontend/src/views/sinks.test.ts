import { describe, expect, it } from "vitest";

import type { Strip, Unit } from "../contract";
import { hasSinks, percentile, sinksOf } from "./sinks";

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

describe("sinks of a text", () => {
  it("are the first token and delimiters far above all others", () => {
    const values = [0.81, 0.01, 0.02, 0.01, 0.01, 0.005, 0.01, 0.02, 0.12, 0.005, 0.01];
    expect(sinksOf(STORY, values)).toEqual({ units: [0, 8], rest: 0.02 });
  });

  it("are never words, however much they draw", () => {
    const values = [0.02, 0.01, 0.02, 0.01, 0.9, 0.005, 0.01, 0.02, 0.01, 0.005, 0.01];
    expect(sinksOf(STORY, values)).toEqual({ units: [], rest: 0.9 });
  });

  it("need three times what the others reach", () => {
    const others = [0.01, 0.01, 0.01, 0.1, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01];
    expect(sinksOf(STORY, [0.27, ...others]).units).toEqual([]);
    expect(sinksOf(STORY, [0.31, ...others]).units).toEqual([0]);
  });

  it("are found when the first unit has no value: the first that has one takes its place", () => {
    const values = [NaN, 0.8, 0.02, 0.01, 0.01, 0.005, 0.01, 0.02, 0.02, 0.005, 0.01];
    expect(sinksOf(STORY, values).units).toEqual([1]);
  });

  it("are not looked for among a handful", () => {
    expect(sinksOf(text("<bos>", "a", "b"), [0.9, 0.05, 0.05])).toEqual({ units: [], rest: 0.9 });
  });
});

describe("sinks of an image", () => {
  const quiet = Array.from({ length: 65 }, (_, unit) => (unit === 0 ? NaN : 0.01 + (unit % 7) / 1000));

  it("are patches five times above the others, two that hide each other included", () => {
    const values = quiet.with(20, 0.2).with(41, 0.19);
    expect(sinksOf(image(64), values).units).toEqual([20, 41]);
    expect(sinksOf(image(64), values).rest).toBeCloseTo(0.016);
  });

  it("are not an object that many patches show", () => {
    const values = quiet.map((value, unit) => (unit >= 20 && unit < 32 ? 0.2 : value));
    expect(sinksOf(image(64), values).units).toEqual([]);
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
