import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { backward, begun, canGoBack, isOffered, keepTour, onward, stepAt, STEPS, tourNow } from "./tour";

class Kept {
  private readonly items = new Map<string, string>();
  getItem = (key: string): string | null => this.items.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.items.set(key, value);
}

beforeEach(() => {
  vi.stubGlobal("sessionStorage", new Kept());
  vi.stubGlobal("localStorage", new Kept());
});
afterEach(() => vi.unstubAllGlobals());

describe("the guided first run", () => {
  it("has six steps, the first on the page that asks", () => {
    expect(STEPS.map(({ id }) => id)).toEqual(["input", "tokens", "legend", "explain", "believe", "further"]);
    expect(STEPS.map(({ page }) => page)).toEqual(["ask", "run", "run", "run", "run", "run"]);
  });

  it("goes from the question to its run and on to the end", () => {
    let tour = begun();
    expect(stepAt(tour, "/")?.id).toBe("input");
    tour = { step: 1, run: "/runs/abc" };
    expect(stepAt(tour, "/")).toBeNull();
    expect(stepAt(tour, "/runs/other")).toBeNull();
    const seen: (string | undefined)[] = [];
    for (let now: typeof tour | null = tour; now !== null; now = onward(now)) seen.push(stepAt(now, "/runs/abc")?.id);
    expect(seen).toEqual(["tokens", "legend", "explain", "believe", "further"]);
  });

  it("goes back on the same page only", () => {
    expect(canGoBack({ step: 0, run: null })).toBe(false);
    expect(canGoBack({ step: 1, run: "/runs/abc" })).toBe(false);
    expect(backward({ step: 3, run: "/runs/abc" })).toEqual({ step: 2, run: "/runs/abc" });
  });

  it("is kept in the tab, offered once, and ended for good", () => {
    expect(isOffered()).toBe(true);
    keepTour({ step: 2, run: "/runs/abc" });
    expect(tourNow()).toEqual({ step: 2, run: "/runs/abc" });
    expect(isOffered()).toBe(false);
    keepTour(null);
    expect(tourNow()).toBeNull();
    expect(isOffered()).toBe(false);
  });

  it.each(["{", '{"step": 99}', '{"step": "1"}', "7"])("begins anew where %s was kept", (text) => {
    sessionStorage.setItem("tessera.tour", text);
    expect(tourNow()).toBeNull();
  });
});
