import { describe, expect, it } from "vitest";

import { jobState, resultState, runState } from "../../fixtures/runs";
import type { Candidate, Strip, Unit } from "../contract";
import { branchAt, callsOf } from "./branch";

const unit = (id: number, text: string, start: number, segment: Unit["segment"]): Unit => ({
  ...{ kind: "token", id, text, segment, special: false },
  ...{ char_start: start, char_end: start + text.length },
});
const strip: Strip = {
  ...{ id: "main", role: "text", label: "", source: "t", tokenizer: null, grid: null },
  units: [
    { kind: "token", id: 0, text: "", surface: "<s>", segment: "prompt", special: true },
    unit(1, "Zoë", 0, "prompt"),
    unit(2, " ran", 3, "prompt"),
    unit(3, " to", 7, "generated"),
    unit(4, " me", 10, "generated"),
  ],
};
const source = {
  ...{ id: "t", kind: "text" as const, bytes: 8, name: "", summary: "", width: null, height: null },
  ...{ text: "Zoë ran", url: null },
};
const run = runState({ id: "r", sources: [source], generate: { max_new_tokens: 30, do_sample: true, seed: 7 } });
const calls = [{ key: "entropy", params: { top_k: 5 } }];
const token: Candidate = { id: 9, text: " cat", bytes: "", special: false };
const at = (index: number, on: Strip = strip) => branchAt(run, jobState({ model: "lm" }), on, index, calls)?.(token);

describe("a branch", () => {
  it("begins with the generated tokens before it, and keeps the stored text as it is", () => {
    expect(at(4)).toEqual({
      ...{ text: null, source_ids: ["t"], reading: run.reading, models: ["lm"], methods: calls },
      generate: { do_sample: true, seed: 7, max_new_tokens: 28, begin: [3, 9] },
      branch: { run: "r", model: "lm", at: 4 },
    });
    expect(at(3)?.generate?.begin).toEqual([9]);
  });

  it("cuts the text before a token of it", () => {
    expect(at(2)).toMatchObject({ text: "Zoë", source_ids: [], generate: { begin: [9] }, branch: { at: 2 } });
  });

  it("does not start before the first character, on a special token or on what an encoder-decoder reads", () => {
    expect(at(0)).toBeUndefined();
    expect(at(1)).toBeUndefined();
    expect(at(2, { ...strip, id: "input", role: "input" })).toBeUndefined();
  });

  it("goes on from any token of an encoder-decoder's output", () => {
    const output: Strip = { ...strip, id: "output", role: "output", units: strip.units.slice(3) };
    expect(at(1, output)?.generate?.begin).toEqual([3, 9]);
  });
});

it("asks what the job was asked and answered", () => {
  const results = [
    resultState({ method: { key: "surprisal" } }),
    resultState({ id: "slow", method: { key: "semantic_entropy" } }),
    resultState({ id: "failed", state: "failed", method: { key: "entropy" } }),
    resultState({ id: "other", job: "job-2", method: { key: "entropy" } }),
  ];
  expect(callsOf(results, jobState(), ({ key }) => key !== "semantic_entropy")).toEqual([{ key: "surprisal" }]);
});
