import { describe, expect, it } from "vitest";

import { colourScale } from "../theme/scales";
import { along, counts, median, ticks } from "./histogram";

const plain = colourScale({ scale: "sequential", domain: [0, 8] }, []);
const signed = colourScale({ scale: "diverging", domain: [-2, 1] }, []);

describe("a histogram", () => {
  it("counts in equal parts, beyond the ends at the ends, and leaves out what is missing", () => {
    expect(counts([0, 1.9, 2, 7.9, 8, 9, -1, NaN], plain, 4)).toEqual([3, 1, 0, 3]);
    expect(counts([-2, -0.1, 0, 2], signed, 4)).toEqual([1, 1, 1, 1]);
  });

  it("puts zero into the middle of a signed scale", () => {
    expect([-2, 0, 1].map((value) => along(signed, value))).toEqual([0, 0.5, 0.75]);
    expect(along({ kind: "sequential", low: 3, high: 3 }, 3)).toBe(0);
  });
});

describe("ticks", () => {
  it("are the ends and round numbers that do not touch them", () => {
    expect(ticks(plain)).toEqual([0, 2, 4, 6, 8]);
    expect(ticks(signed)).toEqual([-2, -1, 0, 1, 2]);
    expect(ticks(colourScale({ scale: "sequential", domain: [0, 11.2] }, []))).toEqual([0, 2.5, 5, 7.5, 11.2]);
  });

  it("are one on a scale without extent", () => {
    expect(ticks({ kind: "sequential", low: 3, high: 3 })).toEqual([3]);
    expect(ticks({ kind: "sequential", low: 0, high: 3e-323 })).toEqual([0, 3e-323]);
    expect(ticks({ kind: "sequential", low: -1e308, high: 1e308 })).toEqual([-1e308]);
  });
});

it("knows the middle value", () => {
  expect(median([3, NaN, 1, 2])).toBe(2);
  expect(median([1, 2, 3, 10])).toBe(2.5);
  expect(median([NaN])).toBeNaN();
});
