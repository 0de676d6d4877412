import { describe, expect, it } from "vitest";

import type { LinksPanel } from "../contract";
import { rowWeights } from "./link-rows";

const panel = (changes: Partial<LinksPanel>): LinksPanel => ({
  ...{ kind: "links", name: "w", label: "Weight", unit: "", scale: "sequential", categories: null, domain: [0, 1] },
  ...{ axes: [], strip: "main", target_strip: "main", rows: [], indices: null, weights: [] },
  ...changes,
});

const rows = (weights: Float32Array[]): number[][] => weights.map((row) => [...row]);

describe("rowWeights", () => {
  it("reads full rows", () => {
    const full = panel({
      rows: [
        [1, 2],
        [2, 3],
      ],
      weights: [
        [1, null, null],
        [0.25, 0.75, null],
      ],
    });
    expect(rows(rowWeights(full, 3, []))).toEqual([
      [1, NaN, NaN],
      [0.25, 0.75, NaN],
    ]);
  });

  it("puts the top k of a row where they belong, and knows nothing of the others", () => {
    const top = panel({
      rows: [[4, 5]],
      indices: [[3, 0]],
      weights: [[0.5, 0.25]],
    });
    expect(rows(rowWeights(top, 5, []))).toEqual([[0.25, NaN, NaN, 0.5, NaN]]);
  });

  it("averages over a range of heads, and takes one head of top-k rows, whose units differ", () => {
    const axes: LinksPanel["axes"] = [{ name: "head", values: [0, 1] }];
    const full = panel({ axes, rows: [[1, 2]], weights: [[[1, 0]], [[0, 0.5]]] });
    expect(rows(rowWeights(full, 2, [[0, 1]]))).toEqual([[0.5, 0.25]]);
    const top = panel({ axes, rows: [[1, 2]], indices: [[[0]], [[1]]], weights: [[[1]], [[0.5]]] });
    expect(rows(rowWeights(top, 2, [[0, 0]]))).toEqual([[1, NaN]]);
    expect(rows(rowWeights(top, 2, [[1, 1]]))).toEqual([[NaN, 0.5]]);
  });
});
