import { expect, it } from "vitest";

import { ranking, type Ranking } from "./ranking";
import { foundAfter } from "./strip-actions";

const ranks = (found: Ranking, units: number): number[] =>
  Array.from({ length: units }, (_, unit) => found.rankOf(unit));

it("orders by size, whatever the sign; equals share a rank, and nothing has one where there is no value", () => {
  const found = ranking([1, -5, NaN, 3, 3]);
  expect(found.order).toEqual([1, 3, 4, 0]);
  expect(ranks(found, 5)).toEqual([4, 1, 0, 2, 2]);
  expect(found.count).toBe(4);
  expect([found.placeOf(4), found.placeOf(2)]).toEqual([2, -1]);
});

it("counts a group once, and gives all its units its place", () => {
  const found = ranking([2, 7, 7, 7, 1], [0, 1, 1, 1, 2]);
  expect(found.order).toEqual([1, 0, 4]);
  expect(ranks(found, 5)).toEqual([2, 1, 1, 1, 3]);
  expect(found.placeOf(3)).toBe(0);
});

it("finds a text over several tokens, behind a place and round to it again", () => {
  const texts = ["The", " kit", "chen", " is", " red", ",", " Kit", "chen"];
  expect(foundAfter(texts, "kitchen", -1)).toBe(1);
  expect(foundAfter(texts, "kitchen", 1)).toBe(6);
  expect(foundAfter(texts, "kitchen", 6)).toBe(1);
  expect(foundAfter(texts, "garden", -1)).toBe(-1);
  expect(foundAfter(texts, "", -1)).toBe(-1);
});
