// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";

import { methodEntry } from "../../fixtures/catalogue";
import { furnish, settle, shownText } from "../../fixtures/dom";
import { estimate } from "../../fixtures/estimates";
import { panelContext, panelResult, textStrip } from "../../fixtures/panels";
import { jobState, resultState, runState } from "../../fixtures/runs";
import type { RunApi } from "../api";
import type { JobsRequest, Result } from "../contract";
import { FIDELITY } from "../state/believe";

const strip = textStrip("main", [" ball", " is", " red", " now"]);
const about = (start: number): Result => {
  const target = { strip: "main", start, stop: start + 1, quantity: "logprob", contrast_ids: [], class_index: null };
  return { ...panelResult("occlusion", [strip], [], ""), target: target as unknown as Result["target"] };
};
const state = resultState({ method: { key: "occlusion" }, lens: "importance" });
const map = methodEntry({ key: "occlusion", lens: "importance", explains: true, produces: ["scores"] });

/** Measuring costs a hundred passes for each unit that comes before. */
const estimateJobs = ({ targets }: JobsRequest): Promise<unknown> =>
  Promise.resolve(estimate({ passes: 100 * (targets?.[0]?.from ?? 0), seconds: null }));
const known = {
  ...{ run: runState({ results: [state] }), methods: [map, methodEntry({ key: FIDELITY })], models: [] },
  ...{ api: { estimateJobs } as unknown as RunApi, fetched: () => null, refresh: () => Promise.resolve() },
};

afterEach(() => document.body.replaceChildren());

it("says what measuring the target that is shown would cost", async () => {
  furnish();
  await import("./badge");
  const badge = document.createElement("tessera-badge");
  const [first, second] = [about(2), about(3)];
  Object.assign(badge, { known, state, job: jobState(), result: first, context: panelContext(first) });
  document.body.append(badge);
  await settle();
  expect(shownText()).toContain("200 passes");
  badge.result = second;
  await settle();
  expect(shownText()).toContain("300 passes");
  badge.result = first;
  await settle();
  expect(shownText()).toContain("200 passes");
});
