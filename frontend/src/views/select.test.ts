import { describe, expect, it } from "vitest";

import { decode } from "../contract/arrays";
import { describeSelection } from "../marks/band";
import { average, initialSelection } from "./select";

const LAYERS = { name: "layer" as const, values: [0, 1, 2] };
const HEADS = { name: "head" as const, values: [0, 1] };

describe("average", () => {
  // layer × head × unit: 100·layer + 10·head + unit
  const array = decode(
    [0, 1, 2].map((layer) => [0, 1].map((head) => [0, 1].map((unit) => 100 * layer + 10 * head + unit))),
  );

  it("is the row itself at one index of each axis", () => {
    expect([
      ...average(array, [
        [2, 2],
        [1, 1],
      ]),
    ]).toEqual([210, 211]);
  });

  it("is the mean over ranges of several axes", () => {
    expect([
      ...average(array, [
        [0, 1],
        [0, 1],
      ]),
    ]).toEqual([55, 56]);
  });

  it("passes over missing values, and stays missing where all are", () => {
    const gaps = decode([
      [1, null, null],
      [3, 4, null],
    ]);
    expect([...average(gaps, [[0, 1]])]).toEqual([2, 4, NaN]);
  });

  it("needs no axes", () => {
    expect([...average(decode([1, 2]), [])]).toEqual([1, 2]);
  });
});

describe("selections", () => {
  it("start at the last layer and at the mean of all heads", () => {
    expect(initialSelection(LAYERS)).toEqual([2, 2]);
    expect(initialSelection(HEADS)).toEqual([0, 1]);
  });

  it("say what is shown", () => {
    expect(describeSelection(LAYERS, [2, 2])).toBe("layer 2");
    expect(describeSelection(LAYERS, [0, 1])).toBe("mean of layers 0–1");
    expect(describeSelection(HEADS, [0, 1])).toBe("mean of all 2 heads");
  });
});
