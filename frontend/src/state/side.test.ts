// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { jobState, resultState, runState } from "../../fixtures/runs";
import { SideWatch } from "./side";

const waiting = runState({ jobs: [jobState()], results: [resultState({ state: "running" })] });
const host = {
  addController: (): void => undefined,
  removeController: (): void => undefined,
  requestUpdate: (): void => undefined,
  updateComplete: Promise.resolve(true),
};
let asked = 0;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  vi.stubGlobal("fetch", async () => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return new Response(JSON.stringify(waiting));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("asks once a second, also after it was taken away and put back while a request was in flight", async () => {
  const watch = new SideWatch(host, () => ({ at: "runs/run-1", result: "result-1", panel: 0, part: "" }));
  watch.hostConnected();
  watch.hostUpdate();
  expect(asked).toBe(1);
  watch.hostDisconnected();
  watch.hostConnected();
  watch.hostUpdate();
  expect(asked).toBe(2);
  await vi.advanceTimersByTimeAsync(100);
  expect(watch.value.kind).toBe("waiting");
  await vi.advanceTimersByTimeAsync(5 * 1100);
  expect(asked).toBe(7);
  watch.hostDisconnected();
  await vi.advanceTimersByTimeAsync(5 * 1100);
  expect(asked).toBe(7);
});

it("asks no more once it was taken away, though a request was in flight", async () => {
  const watch = new SideWatch(host, () => ({ at: "runs/run-1", result: "result-1", panel: 0, part: "" }));
  watch.hostConnected();
  watch.hostUpdate();
  watch.hostDisconnected();
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toBe(1);
});
