// @vitest-environment happy-dom
import { render } from "lit";
import { expect, it } from "vitest";

import { results } from "../../fixtures/harness";
import { panelContext } from "../../fixtures/panels";
import type { ChartPanel, Strip } from "../contract";
import { branches, chart, groups } from "./tables";

const strip: Strip = {
  ...{ id: "a", role: "answer", label: "", source: null, tokenizer: null, grid: null },
  units: [
    { kind: "token", text: "red" },
    { kind: "token", text: " ball" },
  ],
};
const context = panelContext({ ...results.surprisal, strips: [strip] });

function cells(template: unknown): string[][] {
  const root = document.createElement("div");
  render(template, root);
  return Array.from(root.querySelectorAll("tr"), (line) =>
    Array.from(line.querySelectorAll("th, td"), (cell) => cell.textContent.trim()),
  );
}

it("writes a chart as its numbers", () => {
  const panel: ChartPanel = {
    ...{ kind: "chart", mark: "line", label: "Deletion", baseline: 0.5 },
    x: { label: "removed", unit: "%", scale: "linear" },
    y: { label: "probability", unit: "", scale: "linear" },
    series: [
      { label: "this order", x: [0, 50], y: [1, null], low: null, high: null },
      { label: "random", x: [0, 50], y: [1, 0.25], low: null, high: null },
    ],
  };
  expect(cells(chart(panel))).toEqual([
    ["removed, %", "this order (probability)", "random (probability)"],
    ["0", "1", "1"],
    ["50", "no value", "0.25"],
  ]);
});

it("writes branches with their texts and groups with theirs", () => {
  const node = {
    id: "n1",
    parent: null,
    at: null,
    strip: "a",
    range: null,
    label: "",
    log_probability: -1.5,
    value: null,
    kept: true,
    cluster: null,
  };
  const tree = { kind: "branches", label: "", layout: "tree", value_label: "", nodes: [node] } as const;
  expect(cells(branches({ ...tree, nodes: [node] }, context))[1]).toEqual([
    "n1",
    "the start",
    "red ball",
    "−1.5\u202fnat",
    "yes",
  ]);
  const group = {
    label: "claim",
    strip: "a",
    ranges: [[1, 2]] as [number, number][],
    value: 0.5,
    unit: "",
    shares: [],
  };
  expect(cells(groups({ kind: "groups", label: "", style: "cards", groups: [group] }, context))[1]).toEqual([
    "claim",
    "ball",
    "0.5",
  ]);
});
