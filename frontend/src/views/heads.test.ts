import { describe, expect, it } from "vitest";

import type { Track } from "../contract";
import { between, ledTo, toggled } from "../marks/head-cells";
import { cellOf, headsOf, placeOf } from "./heads";

const LAYER = { name: "layer" as const, values: [1, 2] };
const HEAD = { name: "head" as const, values: [1, 2, 3] };
const track = (changes: Partial<Track>): Track => ({
  ...{ name: "attention", label: "Attention", unit: "", scale: "sequential", categories: null, domain: [0, 1] },
  ...{ axes: [LAYER, HEAD], aggregate: ["sum"], values: [] },
  ...changes,
});

describe("heads", () => {
  it("have the mean over the units that have a value", () => {
    const line = [
      [1, 3, null],
      [0, 0, 0],
      [4, 4, 4],
    ];
    const heads = headsOf(track({ values: [line, line.toReversed()] }));
    expect(heads?.values).toEqual([
      [2, 0, 4],
      [4, 0, 2],
    ]);
    expect(heads).toMatchObject({ rule: "mean", scale: { low: 0, high: 4 } });
  });

  it("have their greatest where the means are all the same, as those of attention are", () => {
    const line = [
      [1, 0, 0, 0],
      [0.25, 0.25, 0.25, 0.25],
      [0.5, 0.5, 0, 0],
    ];
    const heads = headsOf(track({ values: [line, line] }));
    expect(heads?.rule).toBe("max");
    expect(heads?.values[0]).toEqual([1, 0.25, 0.5]);
  });

  it("stand in one line without layers, and are found in either order of the axes", () => {
    expect(headsOf(track({ axes: [HEAD], values: [[1], [2], [3]] }))?.values).toEqual([[1, 2, 3]]);
    const turned = [0, 1, 2].map((head) => [0, 1].map((layer) => [10 * layer + head]));
    expect(headsOf(track({ axes: [HEAD, LAYER], values: turned }))?.values).toEqual([
      [0, 1, 2],
      [10, 11, 12],
    ]);
    expect(placeOf([HEAD, LAYER], [1, 2])).toEqual([2, 1]);
    expect(cellOf([HEAD, LAYER], [2, 1])).toEqual([1, 2]);
  });

  it("are not drawn beside further axes, nor where there are none", () => {
    expect(headsOf(track({ axes: [LAYER], values: [[1], [2]] }))).toBeNull();
    const step = { name: "step" as const, values: [1] };
    expect(headsOf(track({ axes: [step, LAYER, HEAD] }))).toBeNull();
  });
});

describe("squares", () => {
  it("span a rectangle from any corner", () => {
    expect(between([1, 2], [0, 1])).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
    ]);
  });

  it("are added and taken away, but for the last", () => {
    expect(toggled([[0, 1]], [1, 1])).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(toggled([[0, 1]], [0, 1])).toEqual([[0, 1]]);
  });

  it("are walked by keys, which stay inside", () => {
    const to = (key: string, ctrlKey = false) => ledTo([1, 1], { key, ctrlKey }, 2, 3);
    expect(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "a"].map((key) => to(key))).toEqual([
      [0, 1],
      [1, 1],
      [1, 0],
      [1, 2],
      [1, 0],
      [1, 2],
      null,
    ]);
    expect([to("Home", true), to("End", true)]).toEqual([
      [0, 0],
      [1, 2],
    ]);
  });
});
