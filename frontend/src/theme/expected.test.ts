import { describe, expect, it } from "vitest";

import { estimate, jobEstimate } from "../../fixtures/estimates";
import { jobState } from "../../fixtures/runs";
import { about, costOf, restOf, turnOf } from "./expected";

const plain = (parts: string | string[]): string => [parts].flat().join(" · ").replaceAll("\u202f", " ");

describe("what a question costs", () => {
  it("is told in one line", () => {
    expect(plain(costOf(estimate()))).toBe(
      "3 methods · about 2 s (from 14 past runs) · 41 passes · 120 MiB · nobody ahead of you",
    );
  });

  it("says how it is known, and how far off it may be", () => {
    const seconds = { low: 1, expected: 4, high: 12 };
    expect(plain(costOf(estimate({ seconds, basis: "passes" })))).toContain("about 4 s (1 s to 12 s, by its passes)");
    expect(plain(costOf(estimate({ seconds: null, basis: "unknown" })))).toContain("time not known yet");
    expect(plain(costOf(estimate({ passes: 40, most: 800 })))).toContain("about 40 passes, at most 800");
    expect(plain(costOf(estimate({ runs: 1 })))).toContain("from 1 past run)");
  });

  it("says at once what was computed before", () => {
    expect(plain(costOf(estimate({ basis: "computed" })))).toBe(
      "3 methods · computed before: the answer is there at once",
    );
  });

  it("counts models where there are several", () => {
    const jobs = [jobEstimate(), jobEstimate({ model: "other" })];
    expect(plain(costOf(estimate({ jobs })))).toContain("3 methods on 2 models");
  });

  it("says who is ahead, and why nothing begins", () => {
    expect(plain(costOf(estimate({ position: 2, wait: 12 })))).toContain("2 jobs ahead of you, about 12 s");
    expect(plain(costOf(estimate({ position: 1, wait: null })))).toMatch(/1 job ahead of you$/);
    expect(plain(costOf(estimate({ position: 0, wait: 8 })))).toContain("begins in about 8 s");
    expect(plain(costOf(estimate({ held: "paused" })))).toContain("the queue is paused");
    expect(plain(costOf(estimate({ held: "no-worker" })))).toContain("no worker is up");
  });
});

describe("a job that waits", () => {
  const waiting = (changes: Parameters<typeof jobState>[0]): string =>
    plain(turnOf(jobState({ state: "queued", position: 2, line: 7, ...changes })));

  it("has a place and a time", () => {
    expect(waiting({ wait: 12 })).toBe("Place 3 of 7 · starts in about 12 s");
    expect(waiting({ wait: null })).toBe("Place 3 of 7");
    expect(waiting({ position: 0, wait: 0 })).toBe("Place 1 of 7 · starts now");
    expect(waiting({ position: null, line: null })).toBe("Waiting");
  });

  it("says why nothing begins", () => {
    expect(waiting({ held: "paused" })).toBe("Place 3 of 7 · the queue is paused");
    expect(waiting({ held: "no-worker" })).toBe("Place 3 of 7 · no worker is up");
  });

  it("says when somebody else's answer will do", () => {
    expect(waiting({ shared: true, wait: 4 })).toBe("Being computed for another run, about 4 s left");
    expect(waiting({ shared: true, wait: null })).toBe("Being computed for another run");
  });
});

describe("a job that runs", () => {
  it("says what is left, and when it takes longer", () => {
    expect(plain(restOf(jobState({ rest: 4.2 })))).toBe("about 4 s left");
    expect(restOf(jobState({ rest: 0 }))).toBe("longer than expected");
    expect(restOf(jobState({ rest: null }))).toBe("");
  });
});

describe("seconds to come", () => {
  it("are told roughly", () => {
    expect([0.2, 1.4, 89, 90, 5399, 7200].map(about).map(plain)).toEqual([
      "under 1 s",
      "about 1 s",
      "about 89 s",
      "about 2 min",
      "about 90 min",
      "about 2 h",
    ]);
  });
});
