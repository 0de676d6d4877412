import { expect, it } from "vitest";

import { methodEntry, modelEntry } from "../../fixtures/catalogue";
import { results } from "../../fixtures/harness";
import type { Result } from "../contract";
import { changedSince } from "./versions";

const used = { role: "main", model: "demo-lm", revision: "sha256:0123456789abcdef", dtype: "", tokenizer_hash: "" };
const result: Result = {
  ...results.surprisal,
  version: 1,
  provenance: { ...results.surprisal.provenance, models: [used] },
};
const method = (version: number) => methodEntry({ key: "surprisal", version });
const model = (revision: string) => modelEntry({ key: "demo-lm", revision });

it("says nothing of what is as it was, or while nobody knows what there is", () => {
  expect(changedSince(result, { methods: [method(1)], models: [model(used.revision)] })).toEqual([]);
  expect(changedSince(result, { methods: [], models: [] })).toEqual([]);
});

it("says which versions made it, and what is gone", () => {
  expect(changedSince(result, { methods: [method(3)], models: [model("sha256:fedcba9876543210")] })).toEqual([
    "Made with version 1 of this method; this site now has version 3.",
    "Made with demo-lm at 0123456789ab; this site now has it at fedcba987654.",
  ]);
  expect(changedSince(result, { methods: [methodEntry({ key: "entropy" })], models: [] })).toEqual([
    "This method is no longer offered here; its answer stays as it was.",
    "The model demo-lm is no longer offered here; its answers stay as they were.",
  ]);
});
