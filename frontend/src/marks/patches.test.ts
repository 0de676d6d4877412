import { describe, expect, it } from "vitest";

import type { Unit } from "../contract";
import { colourScale } from "../theme/scales";
import { contour, filled } from "./contours";
import { fillsOf, levelsOf } from "./patch-fills";
import { Patches } from "./patches";

const patch = (box: Unit["box"]): Unit => ({ kind: "patch", ...(box == null ? {} : { box }) });
const special: Unit = { kind: "token", special: true, surface: "[CLS]" };

/** `rows` by `columns` patches of this size, the first at (x, y), behind a class token. */
function grid(rows: number, columns: number, [wide, high]: [number, number], [x, y] = [0, 0]): Patches {
  const units = Array.from({ length: rows * columns }, (_, index) => {
    const [row, col] = [Math.floor(index / columns), index % columns];
    return patch([x + col * wide, y + row * high, x + (col + 1) * wide, y + (row + 1) * high]);
  });
  return new Patches({ units: [special, ...units] });
}

describe("a grid of three rows and seven columns, with a class token and fractions of pixels", () => {
  const patches = grid(3, 7, [32 / 3, 8.5]);

  it("knows what lies where", () => {
    expect(patches.special).toEqual([0]);
    expect(patches.placed).toHaveLength(21);
    expect(patches.extent()[0]).toBeCloseTo((7 * 32) / 3);
    expect(patches.extent()[1]).toBe(25.5);
    expect(patches.at(0, 0)).toBe(1);
    expect(patches.at(33, 9)).toBe(1 + 7 + 3);
    expect(patches.at(80, 3)).toBeNull();
  });

  it("is walked by row and column, from the end of a row to the next, and below the last to the class token", () => {
    expect(patches.step(1, "ArrowRight")).toBe(2);
    expect(patches.step(7, "ArrowRight")).toBe(8);
    expect(patches.step(8, "ArrowLeft")).toBe(7);
    expect(patches.step(3, "ArrowDown")).toBe(10);
    expect(patches.step(10, "ArrowUp")).toBe(3);
    expect(patches.step(17, "ArrowDown")).toBe(0);
    expect(patches.step(0, "ArrowUp")).toBe(21);
    expect(patches.step(3, "ArrowUp")).toBeUndefined();
    expect([patches.step(9, "Home"), patches.step(9, "End")]).toEqual([1, 0]);
  });

  it("has boxes of patches, and those that a rectangle touches", () => {
    expect(patches.between(2, 10)).toEqual([2, 3, 9, 10]);
    expect(patches.between(10, 2)).toEqual([2, 3, 9, 10]);
    expect(patches.within([0, 0, 32 / 3, 8.5])).toEqual([1]);
    expect(patches.within([10, 8, 11, 9])).toEqual([1, 2, 8, 9]);
  });
});

describe("tiles of two sizes, and a crop that leaves the edges free", () => {
  const coarse = [patch([10, 10, 30, 30]), patch([30, 10, 50, 30])];
  const fine = [patch([50, 10, 60, 20]), patch([60, 10, 70, 20]), patch([50, 20, 60, 30]), patch([60, 20, 70, 30])];
  const patches = new Patches({ units: [...coarse, ...fine] });

  it("are walked across", () => {
    expect(patches.step(0, "ArrowRight")).toBe(1);
    expect([2, 4]).toContain(patches.step(1, "ArrowRight"));
    expect(patches.step(4, "ArrowLeft")).toBe(1);
    expect(patches.step(2, "ArrowDown")).toBe(4);
  });

  it("leave free what no patch covers; of overlapping ones the smallest is met", () => {
    expect(patches.at(5, 5)).toBeNull();
    const over = new Patches({ units: [patch([0, 0, 40, 40]), patch([10, 10, 20, 20])] });
    expect([over.at(15, 15), over.at(5, 5)]).toEqual([1, 0]);
  });
});

describe("contours", () => {
  const patches = grid(2, 2, [8, 8]);

  it("go around a single patch", () => {
    expect(contour(patches, [1])).toBe("M0,0H8M0,8H8M0,0V8M8,0V8");
  });

  it("leave out the edges that patches of the set share", () => {
    expect(contour(patches, [1, 2])).toBe("M0,0H8M0,8H8M0,0V8M8,0H16M8,8H16M16,0V8");
    expect(contour(patches, [1, 2, 3, 4]).match(/M/g)).toHaveLength(8);
    expect(contour(patches, [0])).toBe("");
  });

  it("fill boxes as they are", () => {
    expect(filled(patches, [4])).toBe("M8,8H16V16H8Z");
  });
});

describe("colours of many patches", () => {
  const patches = grid(64, 64, [8, 8]);
  const values = Float32Array.from({ length: 4097 }, (_, unit) => Math.sin(unit));
  values[5] = NaN;
  const scale = colourScale({ scale: "diverging", domain: [-1, 1] }, values);

  it("are a few paths, in which every patch is once", () => {
    const fills = fillsOf(patches, { values, scale });
    expect(fills.length).toBeLessThan(140);
    const units = fills.flatMap((fill) => fill.units).toSorted((one, other) => one - other);
    expect(units).toEqual(patches.placed);
    expect(fills.find(({ classes }) => classes === "missing")?.units).toEqual([5]);
  });

  it("tell signs and steps of 1/64 apart", () => {
    const small = grid(1, 3, [8, 8]);
    const fills = fillsOf(small, { values: [NaN, 1, -0.5, 0.5], scale });
    expect(fills.map(({ classes, style }) => [classes, style])).toEqual([
      ["value", "--place: 1"],
      ["value negative", "--place: 0.5"],
      ["value", "--place: 0.5"],
    ]);
  });

  it("have outlines at a quarter, a half and three quarters of the scale, each sign its own", () => {
    const small = grid(1, 4, [8, 8]);
    expect(levelsOf(small, { values: [NaN, 0.8, 0.3, -0.6, 0.1], scale })).toEqual([
      { level: 0.25, negative: false, units: [1, 2] },
      { level: 0.5, negative: false, units: [1] },
      { level: 0.75, negative: false, units: [1] },
      { level: 0.25, negative: true, units: [3] },
      { level: 0.5, negative: true, units: [3] },
    ]);
  });
});
