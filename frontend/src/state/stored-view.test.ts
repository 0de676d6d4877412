// @vitest-environment happy-dom
import { expect, it } from "vitest";

import { keepView, keptView, viewFrom } from "./stored-view";
import { EMPTY, type RunView } from "./view";

const view: RunView = {
  panels: {
    "surprisal/0": {
      track: 1,
      group: { label: "run 1", strip: "main", from: 1 },
      selections: [[0, 3]],
      grouping: { by: "words", rule: "sum", span: null },
      selected: [2, 3],
      pinned: [7],
      beside: [{ panel: "entropy/0", track: "entropy" }],
    },
  },
  asked: { "demo-lm": { strip: "main", from: 3, to: 4 } },
  at: { card: "surprisal", offset: -20 },
};

it("comes back from JSON as it was", () => {
  expect(viewFrom(JSON.parse(JSON.stringify(view)))).toEqual(view);
});

it("leaves out what a view cannot hold, and keeps the rest", () => {
  const mixed = {
    panels: { a: { track: -1, pinned: [1.5], selected: [2], tool: "draw", unknown: 1 }, b: 3 },
    asked: { m: { strip: 1, from: 0, to: 1 } },
    at: { card: "x" },
    only: "surprisal",
  };
  expect(viewFrom(mixed)).toEqual({ panels: { a: { selected: [2] } }, asked: {}, only: "surprisal" });
  for (const nothing of [null, 3, "x", [], { panels: [] }]) expect(viewFrom(nothing)).toEqual(EMPTY);
});

it("leaves out what would hang or break a page", () => {
  const left = (panel: object): unknown => viewFrom({ panels: { a: panel } }).panels["a"];
  for (const panel of [
    ...[{ selections: [[3, 0]] }, { domain: [1, 0] }, { domain: [0, Infinity] }, { threshold: [1] }],
    ...[{ intensity: 0 }, { intensity: -1 }, { intensity: 1e300 }, { selected: [1, 1] }, { pinned: [1, 1] }],
    ...[
      { grouping: { by: "constructor", rule: null, span: null } },
      { grouping: { by: "span", rule: null, span: [2, 1] } },
    ],
    { grouping: { by: "pattern", rule: null, span: null, pattern: "(".repeat(10_001) } },
  ]) {
    expect(left(panel), JSON.stringify(panel).slice(0, 80)).toEqual({});
  }
  expect(left({ intensity: 16, domain: [1, 1], pinned: [2, 1] })).toEqual({
    ...{ intensity: 16, domain: [1, 1], pinned: [2, 1] },
  });
});

it("knows no parts but those of a view", () => {
  const inherited: unknown = JSON.parse(
    '{"panels": {"a": {"__proto__": {}, "__defineGetter__": 1, "toString": 1, "constructor": 1, "track": 1}}, "__proto__": {}, "valueOf": 1}',
  );
  expect(viewFrom(inherited)).toEqual({ panels: { a: { track: 1 } }, asked: {} });
});

it("stays for a run until the tab is closed", () => {
  keepView("run-1", view);
  expect(keptView("run-1")).toEqual(view);
  expect(keptView("run-2")).toEqual(EMPTY);
  sessionStorage.setItem("tessera.view.run-3", "{broken");
  expect(keptView("run-3")).toEqual(EMPTY);
});
