import { describe, expect, it } from "vitest";

import { adjusted, colourScale, type Threshold } from "../theme/scales";
import { gradient } from "./scale-bar";
import { bounded, moved, remaining } from "./thresholds";

const plain = colourScale({ scale: "sequential", domain: [0, 8] }, []);
const signed = colourScale({ scale: "diverging", domain: [-2, 2] }, []);
const within = (scale: typeof plain, ...threshold: Threshold) => adjusted(scale, { threshold });

describe("thresholds", () => {
  it("hide the ends of the bar", () => {
    expect(bounded(within(plain, 2, 6))).toEqual([
      [0, 0.25],
      [0.75, 1],
    ]);
    expect(bounded(plain)).toEqual([]);
  });

  it("hide the middle of a signed bar, and both its ends", () => {
    expect(bounded(within(signed, 0.5, 1.5))).toEqual([
      [0.375, 0.625],
      [0, 0.125],
      [0.875, 1],
    ]);
  });

  it("say how many remain of those that have a value", () => {
    expect(remaining([0, 1, 2, 3, NaN], within(plain, 2, null))).toEqual({ shown: 2, total: 4 });
    expect(remaining([-2, -1, 0, 2], within(signed, 1.5, null))).toEqual({ shown: 2, total: 4 });
  });

  it("move by keys, from where the bar ends when they were free", () => {
    const press = (key: string, shiftKey = false) => moved(within(plain, 2, null), 0, { key, shiftKey });
    expect([press("ArrowRight"), press("ArrowLeft", true), press("Home"), press("Delete"), press("a")]).toEqual([
      2.08,
      1.2,
      0,
      null,
      undefined,
    ]);
    expect(moved(plain, 1, { key: "PageDown", shiftKey: false })).toBeCloseTo(7.2);
  });
});

it("the bar has the colour of a value where the value stands, and is full from where it is", () => {
  const stops = gradient(adjusted(plain, { intensity: 4 }));
  expect(stops).toContain("var(--high) 50.0%) 6.3%");
  expect(stops).toContain("var(--high) 100.0%) 25.0%");
  expect(gradient(signed)).toContain("var(--low) 100.0%) 0.0%");
});
