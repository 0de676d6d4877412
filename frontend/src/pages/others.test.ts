import { expect, it } from "vitest";

import { panelResult, textStrip } from "../../fixtures/panels";
import { jobState, resultState, runState } from "../../fixtures/runs";
import type { MethodEntry, Result, ScoresPanel } from "../contract";
import { panelsOfPage } from "./others";

const scores: ScoresPanel = { kind: "scores", strip: "main", tracks: [] };
const methods = [{ key: "surprisal", name: "Surprisal" }] as MethodEntry[];
const state = (id: string, params: Record<string, unknown>, job = "job-1") =>
  resultState({ id, job, method: { key: "surprisal", params, roles: {} } });
const page = (results: ReturnType<typeof state>[], fetched: Record<string, Result>, models = ["demo-lm"]) => ({
  run: runState({ results, jobs: models.map((model, at) => jobState({ id: `job-${at + 1}`, model })) }),
  methods,
  fetched: (id: string) => fetched[id] ?? null,
});
const answer = panelResult("surprisal", [textStrip("main", ["a"])], [scores], "");

it("are the panels of tracks of what has come, by method and what tells it from others of its kind", () => {
  const of = page([state("one", { base: "e", window: 8 }), state("two", { base: 2, window: 8 }), state("late", {})], {
    one: answer,
    two: answer,
  });
  const panels = panelsOfPage(of, ({ results }) => results[0]!);
  expect(panels.map(({ method }) => method)).toEqual([
    "Surprisal · base e · window 8",
    "Surprisal · base 2 · window 8",
  ]);
  expect(panels[0]?.key).toMatch(/^\[.*\]\/0$/);
});

it("say the model where there are several", () => {
  const of = page([state("one", {}), state("two", {}, "job-2")], { one: answer, two: answer }, ["demo-lm", "other-lm"]);
  expect(panelsOfPage(of, ({ results }) => results[0]!).map(({ method }) => method)).toEqual([
    "Surprisal · demo-lm",
    "Surprisal · other-lm",
  ]);
});
