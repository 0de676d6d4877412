import { expect, it } from "vitest";

import { drawn, panelContext, textStrip } from "../../fixtures/panels";
import type { LinksPanel } from "../contract";
import { ViewStore, type PanelView } from "../state/view";
import { tablesOf } from "./tables";

const panel: LinksPanel = {
  ...{ kind: "links", name: "attention", label: "Attention", unit: "", scale: "sequential", domain: [0, 1] },
  ...{ categories: null, strip: "main", target_strip: "main", indices: null, rows: [[1, 2]] },
  axes: [{ name: "layer", values: [1, 2] }],
  weights: [[[1, 0]], [[0.25, 0.75]]],
};

function weights(view: PanelView): unknown[] {
  const result = { ...drawn.charts, strips: [textStrip("main", ["The", " cat"])] };
  const context = { ...panelContext(result), look: new ViewStore({ panels: { a: view }, asked: {} }).look("a") };
  return tablesOf(panel, context)[0]!.rows.map((row) => row.at(-1));
}

it("has the weights of the chosen layers, and those of the page's beginning where none such are", () => {
  expect(weights({})).toEqual([0.25, 0.75]);
  expect(weights({ selections: [[0, 0]] })).toEqual([1, 0]);
  expect(weights({ cells: [[0], [1]] })).toEqual([0.625, 0.375]);
  for (const view of [{ selections: [[0, 1e15]] }, { cells: [[7]] }, { cells: [[0], [0], [0]] }] as PanelView[]) {
    expect(weights(view)).toEqual([0.25, 0.75]);
  }
});
