import { describe, expect, it } from "vitest";

import { decode, decoded, row, value } from "./arrays";

// 1.5, NaN, -2 as little-endian float32.
const ENCODED = { dtype: "f32" as const, shape: [3], data: "AADAPwAAwH8AAADA" };

describe("decode", () => {
  it("reads base64, NaN being no value", () => {
    const { shape, data } = decode(ENCODED);
    expect(shape).toEqual([3]);
    expect([...data]).toEqual([1.5, NaN, -2]);
  });

  it("reads nested lists, null being no value", () => {
    const { shape, data } = decode([
      [1, null, 3],
      [4, 5, 6],
    ]);
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, NaN, 3, 4, 5, 6]);
  });

  it("refuses a shape that does not fit", () => {
    expect(() => decode({ ...ENCODED, shape: [2, 2] })).toThrow("shape [2, 2] cannot hold 3 numbers");
    expect(() => decode([[1, 2], [3]])).toThrow(RangeError);
  });

  it("reads an empty array", () => {
    expect(decode([])).toEqual({ shape: [0], data: new Float32Array() });
  });
});

it("decodes an array of a result once", () => {
  const values = [1, 2, 3];
  expect(decoded(values)).toBe(decoded(values));
});

describe("row", () => {
  const array = decode([
    [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
    [
      [6, 7],
      [8, 9],
      [10, 11],
    ],
  ]);

  it("indexes the leading axes, the last axis staying whole", () => {
    expect([...row(array, [0, 0])]).toEqual([0, 1]);
    expect([...row(array, [0, 2])]).toEqual([4, 5]);
    expect([...row(array, [1, 1])]).toEqual([8, 9]);
  });

  it("is the array itself without leading axes", () => {
    expect([...row(decode([7, 8]), [])]).toEqual([7, 8]);
  });

  it("has no value outside", () => {
    expect(value([1], 4)).toBeNaN();
  });
});
