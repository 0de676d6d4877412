import { describe, expect, it } from "vitest";

import { node, panels } from "../../fixtures/panels";
import { treeLayout, type TreeItem } from "./tree-layout";

const TEN = (): number => 10;
const items = (nodes: readonly ReturnType<typeof node>[]): TreeItem[] =>
  nodes.map((one) => ({ node: one, label: one.id }));
const rows = (list: readonly TreeItem[]): Record<string, number> =>
  Object.fromEntries(treeLayout(list, TEN).map(({ index, row }) => [list[index]!.node.id, row]));

describe("a tree", () => {
  const drafted = items(panels.tree.nodes);

  it("runs straight along what was kept, and hangs what was not below", () => {
    expect(rows(drafted)).toMatchObject({ "0": 0, a: 0, aa: 0, aaa: 0, aaaa: 0, aaaaa: 0 });
    expect(rows(drafted)).toMatchObject({ aab: 1, aac: 2, ab: 3, b: 4, ba: 4, baa: 4, bb: 5, c: 6 });
  });

  it("multiplies probabilities along each way", () => {
    const path = new Map(treeLayout(drafted, TEN).map(({ index, path: own }) => [drafted[index]!.node.id, own]));
    expect(path.get("0")).toBe(1);
    expect(path.get("aaa")).toBeCloseTo(0.62 * 0.9 * 0.71, 12);
    expect(path.get("baa")).toBeCloseTo(0.21 * 0.55 * 0.6, 12);
  });

  it("does not know a way of which it does not know a part", () => {
    const list = items([
      node({ id: "r", strip: "s" }),
      node({ id: "x", parent: "r", strip: "s" }),
      node({ id: "y", parent: "x", strip: "s", log_probability: -1 }),
    ]);
    expect(treeLayout(list, TEN).map(({ path }) => path)).toEqual([1, NaN, NaN]);
  });

  it("sets columns apart by the widest of each, and takes orphans for roots", () => {
    const list = items([
      node({ id: "r", strip: "s" }),
      node({ id: "x", parent: "r", strip: "s", log_probability: -1 }),
      node({ id: "orphan", parent: "nowhere", strip: "s" }),
    ]);
    const placed = treeLayout(list, (label) => 10 * label.length);
    const [root, child] = placed;
    expect(child!.x - root!.x).toBeGreaterThanOrEqual(60);
    expect(placed.map(({ index, depth, row }) => [index, depth, row])).toEqual([
      [0, 0, 0],
      [1, 1, 0],
      [2, 0, 1],
    ]);
  });
});
