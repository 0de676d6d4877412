import { expect, it } from "vitest";

import { textStrip } from "../../fixtures/panels";
import type { ScoresPanel } from "../contract";
import { byLayer, tall } from "./layer-strip";
import { shownOf } from "./shown";

const strip = textStrip("main", ["a", "b"]);
const panel: ScoresPanel = {
  ...{ kind: "scores", strip: "main" },
  tracks: [
    {
      ...{ name: "lens", label: "Lens", unit: "", scale: "sequential", categories: null, domain: [0, 1] },
      aggregate: [],
      axes: [
        { name: "layer", values: [1, 2] },
        { name: "head", values: [1, 2] },
      ],
      values: [
        [
          [0, 0.25],
          [0, 0.75],
        ],
        [
          [1, null],
          [1, 0.5],
        ],
      ],
    },
  ],
};

it("a unit has the mean of the chosen heads in every layer; missing heads do not count", () => {
  expect(byLayer(shownOf(panel, strip, {}), 1)).toEqual([0.5, 0.5]);
  const second = shownOf(panel, strip, {
    selections: [
      [1, 1],
      [1, 1],
    ],
  });
  expect(byLayer(second, 1)).toEqual([0.75, 0.5]);
});

it("a bar that is not zero can be seen", () => {
  expect([0, 0.0001, 1, -1, NaN].map((at) => Number(tall(at).toFixed(2)))).toEqual([0, 0.14, 1, 1, 0]);
});
