import { describe, expect, it } from "vitest";

import type { Stage, Strip } from "../contract";
import { fate, groupsOf, outlines } from "./groups";

/** CLS, then a grid of two by two: the upper patches merge, the last one is dropped. */
const stage: Stage = {
  label: "Layer 1",
  at: { layer: 1 },
  destination: [0, 1, 1, 3, null],
  size: [1, 2, null, 1, null],
  count: 3,
};
const patch = (row: number, col: number) => ({
  kind: "patch" as const,
  row,
  col,
  box: [8 * col, 8 * row, 8 * col + 8, 8 * row + 8] as [number, number, number, number],
});
const strip: Strip = {
  id: "image",
  role: "image",
  label: "",
  source: null,
  tokenizer: null,
  grid: [2, 2],
  units: [{ kind: "token", special: true }, patch(0, 0), patch(0, 1), patch(1, 0), patch(1, 1)],
};

describe("groups", () => {
  const groups = groupsOf(stage);

  it("gather what lives in the same survivor", () => {
    expect([...groups.root]).toEqual([0, 1, 1, 3, -1]);
    expect(groups.members.get(1)).toEqual([1, 2]);
  });

  it("tell kept, merged and dropped apart", () => {
    expect([0, 1, 2, 3, 4].map((unit) => fate(groups, unit))).toEqual(["kept", "merged", "merged", "kept", "dropped"]);
  });

  it("are outlined where neighbours differ, and only there", () => {
    expect(outlines(strip, groups)).toBe("M0,8H8M8,8H16M8,8V16");
  });
});
