// @vitest-environment happy-dom
import { expect, it } from "vitest";

import { paintUnder, type Under } from "./under";

const sequential: Under = { values: [0, 2, NaN, 9], scale: { kind: "sequential", low: 0, high: 4 }, label: "entropy" };
const diverging: Under = { values: [-1, 1], scale: { kind: "diverging", low: -2, high: 2 }, label: "gap" };
const names: Under = { values: [1], scale: { kind: "categorical", low: 0, high: 1 }, label: "kind" };

const painted = (under: Under[], unit: number): string[] => {
  const tile = document.createElement("span");
  paintUnder(tile, under, unit);
  return under.map((_, lane) =>
    [`--size-${lane}`, `--line-${lane}`].map((name) => tile.style.getPropertyValue(name)).join(" "),
  );
};

it("the thickness of a line is the value's place on its scale, at most the lane; what is negative has its own colour", () => {
  expect(painted([sequential, diverging], 0)).toEqual(["0.000 var(--under-high)", "0.500 var(--under-low)"]);
  expect(painted([sequential, diverging], 1)).toEqual(["0.500 var(--under-high)", "0.500 var(--under-high)"]);
  expect(painted([sequential], 3)).toEqual(["1.000 var(--under-high)"]);
});

it("no value is a hairline, a category has its colour, and a fifth track is left out", () => {
  expect(painted([sequential], 2)).toEqual(["0.25 var(--hatch)"]);
  expect(painted([names], 0)).toEqual(["0.6 var(--category-1)"]);
  expect(painted([sequential, sequential, sequential, sequential, sequential], 1)[4]).toBe(" ");
});
