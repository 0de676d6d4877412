import { expect, it } from "vitest";

import { textStrip } from "../../fixtures/panels";
import { sameUnits } from "./same";

it("knows copies of a strip, and tells what differs in a unit", () => {
  const strip = textStrip("main", ["Mia", " put"]);
  const copy = structuredClone(strip);
  expect(sameUnits(strip, copy)).toBe(true);
  expect(sameUnits(strip, { ...copy, id: "output" })).toBe(false);
  expect(sameUnits(strip, { ...copy, units: copy.units.slice(1) })).toBe(false);
  for (const change of [{ text: " puts" }, { id: 1 }, { segment: "prompt" as const }, { box: [0, 0, 8, 8] }]) {
    const units = copy.units.map((unit, index) => (index === 1 ? ({ ...unit, ...change } as typeof unit) : unit));
    expect(sameUnits(strip, { ...copy, units })).toBe(false);
  }
  expect(sameUnits(undefined, copy)).toBe(false);
  expect(sameUnits(undefined, undefined)).toBe(true);
});
