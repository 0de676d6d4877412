import { expect, it } from "vitest";

import { ranking } from "./ranking";
import { foundAfter } from "./strip-actions";

it("orders by size, whatever the sign; the first of equals first, and nothing where there is no value", () => {
  const { order, rank } = ranking([1, -5, NaN, 3, 3]);
  expect(order).toEqual([1, 3, 4, 0]);
  expect([...rank]).toEqual([4, 1, 0, 2, 3]);
});

it("counts a group once, and gives all its units its place", () => {
  const { order, rank } = ranking([2, 7, 7, 7, 1], [0, 1, 1, 1, 2]);
  expect(order).toEqual([1, 0, 4]);
  expect([...rank]).toEqual([2, 1, 1, 1, 3]);
});

it("finds a text over several tokens, behind a place and round to it again", () => {
  const texts = ["The", " kit", "chen", " is", " red", ",", " Kit", "chen"];
  expect(foundAfter(texts, "kitchen", -1)).toBe(1);
  expect(foundAfter(texts, "kitchen", 1)).toBe(6);
  expect(foundAfter(texts, "kitchen", 6)).toBe(1);
  expect(foundAfter(texts, "garden", -1)).toBe(-1);
  expect(foundAfter(texts, "", -1)).toBe(-1);
});
