import { describe, expect, it } from "vitest";

import { arcPath, arcs, strongest } from "./arcs";

describe("strongest", () => {
  it("goes by size whatever the sign, and passes over what is missing or nothing", () => {
    expect(strongest([0.1, NaN, -3, 0, 2], 2)).toEqual([
      { source: 2, weight: -3 },
      { source: 4, weight: 2 },
    ]);
    expect(strongest([NaN, 0], 5)).toEqual([]);
  });
});

describe("arcs", () => {
  it("rise above both ends, higher the further they go", () => {
    expect(arcPath({ x: 0, y: 50 }, { x: 100, y: 50 })).toBe("M0,50C0,24 100,24 100,50");
    expect(arcPath({ x: 0, y: 50 }, { x: 0, y: 10 })).toBe("M0,50C0,-8.8 0,-8.8 0,10");
  });

  it("are left out where a source is not on the page", () => {
    const at = (unit: number) => (unit === 1 ? null : { x: unit, y: 0 });
    expect(
      arcs(
        [
          { source: 0, weight: 1 },
          { source: 1, weight: 1 },
        ],
        at,
        { x: 9, y: 0 },
      ),
    ).toHaveLength(1);
  });
});
