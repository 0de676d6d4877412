import { describe, expect, it } from "vitest";

import { event, jobState, resultState, runState } from "../../fixtures/runs";
import { coalesce } from "./coalesce";
import { Latest } from "./latest";
import { fetched, isUnfinished, lengthOf, receive, type ReadyRun, type Run } from "./run";

const LOADING: Run = { kind: "loading" };
const running = (): Run =>
  fetched(
    LOADING,
    runState({ seq: 5, jobs: [jobState({ state: "running" })], results: [resultState({ state: "running" })] }),
  );

function ready(run: Run): ReadyRun {
  if (run.kind !== "ready") throw new Error(`the run is ${run.kind}`);
  return run;
}

describe("fetched", () => {
  it("takes what is newer or as new, and drops a late answer", () => {
    const five = running();
    expect(ready(fetched(five, runState({ seq: 6 }))).state.seq).toBe(6);
    expect(ready(fetched(five, runState({ seq: 5, url: "/again" }))).state.url).toBe("/again");
    expect(fetched(five, runState({ seq: 4 }))).toBe(five);
  });

  it("recovers from a failure", () => {
    const problem = { type: "/problems/x", title: "", status: 0, detail: "", field: null, limit: null, value: null };
    expect(fetched({ kind: "failed", problem }, runState({ seq: 1 })).kind).toBe("ready");
  });
});

describe("receive", () => {
  it("asks for the state when a numbered event shows news", () => {
    expect(receive(running(), event({ seq: 6, kind: "state" })).stale).toBe(true);
    expect(receive(running(), event({ seq: 6, kind: "result" })).stale).toBe(true);
  });

  it("leaves old and doubled events alone", () => {
    expect(receive(running(), event({ seq: 5, kind: "state" })).stale).toBe(false);
    expect(receive(running(), event({ seq: 3, kind: "result" })).stale).toBe(false);
  });

  it("notices a lost message by the next heartbeat or progress", () => {
    expect(receive(running(), event({ seq: 5, kind: "heartbeat" })).stale).toBe(false);
    expect(receive(running(), event({ seq: 7, kind: "heartbeat" })).stale).toBe(true);
    const data = { message: "", fraction: 0 };
    expect(receive(running(), event({ seq: 7, kind: "progress", result: "result-1", data })).stale).toBe(true);
  });

  it("learns from each heartbeat when a job begins, which jobs of others change", () => {
    const jobs = [jobState({ state: "queued", position: 2 }), jobState({ id: "job-2", state: "done" })];
    const waiting = fetched(LOADING, runState({ seq: 5, jobs }));
    const prospect = { position: 1, line: 4, wait: 12, rest: null, held: null, shared: false };
    const data = { prospects: { "job-1": prospect, "job-2": prospect } };
    const { run, stale } = receive(waiting, event({ seq: 5, kind: "heartbeat", data }));
    expect(stale).toBe(false);
    expect(ready(run).state.jobs.map(({ position, wait }) => [position, wait])).toEqual([
      [1, 12],
      [null, null],
    ]);
  });

  it("shows progress of what still runs, and only of that", () => {
    const data = { message: "8 of 32 masks", fraction: 0.25 };
    const news = event({ seq: 5, kind: "progress", result: "result-1", data });
    expect(ready(receive(running(), news).run).state.results[0]?.progress).toEqual(data);
    const done = fetched(LOADING, runState({ seq: 5, results: [resultState({ state: "done" })] }));
    expect(ready(receive(done, news).run).state.results[0]?.progress).toBeNull();
  });

  it("ignores news of other runs, and news before the first fetch", () => {
    const run = running();
    expect(receive(run, event({ seq: 9, kind: "state", run: "other" }))).toEqual({ run, stale: false });
    expect(receive(LOADING, event({ seq: 9, kind: "state" }))).toEqual({ run: LOADING, stale: false });
  });

  /** Tokens behind those of `before`, each with its probability. */
  const delta = (before: readonly string[], ...tokens: [text: string, probability: number][]) => {
    const texts = [...before, ...tokens.map(([text]) => text)];
    const ends = tokens.map((_, index) => Array.from(texts.slice(0, before.length + index + 1).join("")).length);
    const ids = tokens.map(() => 1);
    const probabilities = tokens.map(([, probability]) => probability);
    return event({
      ...{ seq: 5, kind: "delta", job: "job-1" },
      data: { start: before.length, ids, text: texts.join(""), ends, probabilities },
    });
  };

  it("strings tokens together, each with its own text and probability", () => {
    let { run } = receive(running(), delta([], [" the", 1]));
    ({ run } = receive(run, delta([" the"], [" 👩‍👧", 0.5], ["", 0.9], [" box", 0.25])));
    const parts = ready(run).streams["job-1"] ?? [];
    expect(parts.map(({ text }) => text)).toEqual([" the", " 👩‍👧", "", " box"]);
    expect(parts.map(({ probability }) => probability)).toEqual([1, 0.5, 0.9, 0.25]);
    expect(lengthOf(parts)).toBe(4);
  });

  it("drops a doubled delta and asks for the state after a lost one", () => {
    const { run } = receive(running(), delta([], [" the", 1]));
    const doubled = receive(run, delta([], [" the", 1]));
    expect(doubled).toEqual({ run, stale: false });
    const lost = receive(run, delta([" the", " a", " b", " c"], [" kitchen", 1]));
    expect(lost).toEqual({ run, stale: true });
  });

  it("catches up from the stored continuation behind what it has heard, and keeps what is ahead of it", () => {
    let { run } = receive(running(), delta([], [" the", 0.5]));
    const stored = (ids: number[], text: string) =>
      runState({ seq: 5, jobs: [jobState({ state: "running", continuation: { ids, text, finish: null } })] });
    run = fetched(run, stored([1, 2, 3], " the red box"));
    expect(ready(run).streams["job-1"]).toEqual([
      { tokens: 1, text: " the", probability: 0.5 },
      { tokens: 2, text: " red box", probability: null },
    ]);
    ({ run } = receive(run, delta([" the", " red", " box"], [".", 1])));
    run = fetched(run, stored([1, 2, 3], " the red box"));
    expect(lengthOf(ready(run).streams["job-1"] ?? [])).toBe(4);
    expect(ready(run).streams["job-1"]?.at(-1)).toEqual({ tokens: 1, text: ".", probability: 1 });
  });
});

describe("isUnfinished", () => {
  it("holds until a job is done, has failed or was cancelled", () => {
    expect((["queued", "leased", "running"] as const).every((state) => isUnfinished({ state }))).toBe(true);
    expect((["done", "failed", "cancelled"] as const).some((state) => isUnfinished({ state }))).toBe(false);
  });
});

describe("Latest", () => {
  it("drops the answer to an earlier question, also when that fails", async () => {
    const latest = new Latest();
    const signals: AbortSignal[] = [];
    const early = latest.ask((signal) => {
      signals.push(signal);
      return new Promise<string>((resolve) => setTimeout(() => resolve("early"), 5));
    });
    const failing = latest.ask(() => Promise.reject(new Error("late failure")));
    const last = latest.ask(() => Promise.resolve("last"));
    expect(await Promise.all([early, failing, last])).toEqual([undefined, undefined, "last"]);
    expect(signals[0]?.aborted).toBe(true);
  });

  it("passes on the failure of the question that still matters", async () => {
    await expect(new Latest().ask(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  });
});

describe("coalesce", () => {
  it("runs once more after the present run however often it was called", async () => {
    let runs = 0;
    const ends: (() => void)[] = [];
    const call = coalesce(() => {
      runs++;
      return new Promise((resolve) => ends.push(resolve));
    });
    const first = call();
    void call();
    void call();
    expect(runs).toBe(1);
    ends[0]?.();
    await first;
    await Promise.resolve();
    expect(runs).toBe(2);
    ends[1]?.();
    await new Promise((resolve) => setTimeout(resolve));
    expect(runs).toBe(2);
  });
});
