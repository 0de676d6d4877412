import { expect, it, vi } from "vitest";

import { ViewStore } from "./view";

it("keeps the parts of its panels apart, and tells whoever draws", () => {
  const store = new ViewStore();
  const host = { requestUpdate: vi.fn() };
  store.add(host as never);
  store.look("a/0").set({ track: 2 });
  store.look("a/0").set({ pinned: [7] });
  store.look("a/1").set({ track: 1 });
  expect(store.value.panels).toEqual({ "a/0": { track: 2, pinned: [7] }, "a/1": { track: 1 } });
  expect(store.look("a/0")).toBe(store.look("a/0"));
  expect(host.requestUpdate).toHaveBeenCalledTimes(3);
  store.remove(host as never);
  store.look("a/1").set({ track: 0 });
  expect(host.requestUpdate).toHaveBeenCalledTimes(3);
  expect(JSON.parse(JSON.stringify(store.value))).toEqual(store.value);
});
