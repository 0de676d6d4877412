import { expect, it } from "vitest";

import { bytes, number, percent, plural, quantity, seconds } from "./format";

it("writes numbers with three significant digits and a true minus", () => {
  expect(number(-0)).toBe("0");
  expect(number(3.14159)).toBe("3.14");
  expect(number(-0.0512)).toBe("−0.0512");
  expect(number(0)).toBe("0");
  expect(number(12345)).toBe("12\u202f345");
  expect(number(0.00001234)).toBe("1.23e−5");
  expect(number(-0.00001234)).toBe("−1.23e−5");
  expect(number(NaN)).toBe("no value");
  expect(number(null)).toBe("no value");
});

it("puts the unit behind", () => {
  expect(quantity(2.5, "nat")).toBe("2.5\u202fnat");
  expect(quantity(12, "%")).toBe("12%");
  expect(quantity(NaN, "nat")).toBe("no value");
});

it("never rounds a probability to certainty", () => {
  expect(percent(0.5)).toBe("50%");
  expect(percent(0.0001)).toBe("< 0.1%");
  expect(percent(0.99999)).toBe("> 99.9%");
  expect(percent(1)).toBe("100%");
  expect(percent(0)).toBe("0%");
});

it("writes durations, sizes and counts", () => {
  expect(seconds(0.01234)).toBe("12.3\u202fms");
  expect(seconds(12.34)).toBe("12.3\u202fs");
  expect(bytes(20 * 1024 * 1024)).toBe("20\u202fMiB");
  expect(plural(1, "token")).toBe("1 token");
  expect(plural(1200, "token")).toBe("1\u202f200 tokens");
});
