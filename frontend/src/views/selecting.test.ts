import { expect, it } from "vitest";

import { textStrip } from "../../fixtures/panels";
import { between, existing, joined, numberOf, toggled } from "./selecting";
import { meant } from "./targets";

it("takes units in and out, several at once only when all of them are in", () => {
  expect(toggled([1, 4], [2])).toEqual([1, 2, 4]);
  expect(toggled([1, 2, 4], [2])).toEqual([1, 4]);
  expect(toggled([1, 2], [2, 3])).toEqual([1, 2, 3]);
  expect(toggled([1, 2, 3], [2, 3])).toEqual([1]);
});

it("are units that the strip has, in their order", () => {
  const strip = textStrip("main", ["The", " cat"]);
  const own = [1, 0];
  expect(existing(strip, own)).toBe(own);
  expect(existing(strip, [7, 1, 1e15, 0])).toEqual([1, 0]);
});

it("reaches from one unit to another, whichever comes first", () => {
  expect(between(5, 3)).toEqual([3, 4, 5]);
  expect(joined([9, 4], between(3, 5))).toEqual([3, 4, 5, 9]);
});

it("has one number for many units by a rule", () => {
  const values = [1, 2, NaN, 4];
  expect(numberOf(values, [0, 1, 3], "sum")).toBe(7);
  expect(numberOf(values, [0, 2, 3], "mean")).toBe(2.5);
  expect(numberOf(values, [0, 2], "sum")).toBeNaN();
  expect(numberOf(values, [], "sum")).toBeNaN();
});

it("reads a typed text with the space that the explained one begins with, in quotation marks as it is", () => {
  expect(meant("box", " kitchen")).toBe(" box");
  expect(meant(" box", " kitchen")).toBe(" box");
  expect(meant('"box"', " kitchen")).toBe("box");
  expect(meant("box", "kitchen")).toBe("box");
  expect(meant(" ", " kitchen")).toBe(" ");
});
