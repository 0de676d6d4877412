import { expect, it } from "vitest";

import type { Metric } from "../contract";
import { sortedBy } from "./metrics";

const metric = (...values: (number | null)[]): Metric => ({ name: "m", label: "", unit: "", meaning: "", values });

it("orders by a figure both ways, what has none last", () => {
  const metrics = [metric(1, 1, 1, 1), metric(3, null, 1, 2)];
  expect(sortedBy(metrics, null, 4)).toEqual([0, 1, 2, 3]);
  expect(sortedBy(metrics, { metric: 1, down: false }, 4)).toEqual([2, 3, 0, 1]);
  expect(sortedBy(metrics, { metric: 1, down: true }, 4)).toEqual([0, 3, 2, 1]);
  expect(sortedBy(metrics, { metric: 0, down: true }, 4)).toEqual([0, 1, 2, 3]);
});
