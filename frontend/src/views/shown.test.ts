import { describe, expect, it } from "vitest";

import { textStrip } from "../../fixtures/panels";
import type { ScoresPanel, Track } from "../contract";
import type { PanelView } from "../state/view";
import { place } from "../theme/scales";
import { ShownOnce, shownOf } from "./shown";

const strip = textStrip("main", ["The", " cat", " sat", " on", " the", " mat", " and", " slept", "."]);
const track = (changes: Partial<Track>): Track => ({
  ...{ name: "attention", label: "Attention", unit: "", scale: "sequential", categories: null, domain: [0, 0.9] },
  ...{ axes: [], aggregate: ["sum"], values: [] },
  ...changes,
});
const panelOf = (changes: Partial<Track>): ScoresPanel => ({ kind: "scores", strip: "main", tracks: [track(changes)] });

const layered = panelOf({
  axes: [
    { name: "layer", values: [1, 2] },
    { name: "head", values: [1, 2] },
  ],
  values: [
    [
      [0.9, 0.02, 0.01, 0.01, 0.01, 0.01, 0.02, 0.01, 0.01],
      [0.7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
    ],
    [
      [0.1, 0.12, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.18],
      [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2],
    ],
  ],
});

describe("what a panel shows", () => {
  it("is the last layer and the mean of the heads at first", () => {
    const shown = shownOf(layered, strip, {});
    expect(shown.selections).toEqual([
      [1, 1],
      [0, 1],
    ]);
    expect(shown.values[1]).toBeCloseTo(0.11);
  });

  it("is the mean of chosen heads of any layers; heads that the track lacks are passed over", () => {
    const cells = [
      [0, 1],
      [1, 0],
    ];
    expect(shownOf(layered, strip, { cells }).values[0]).toBeCloseTo(0.4);
    expect(shownOf(layered, strip, { cells: [[0, 7]] }).cells).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  it("is as at first where selections or heads do not lie on the axes, however far they reach", () => {
    const first = shownOf(layered, strip, {});
    const over: PanelView["selections"][] = [
      [
        [0, 1e15],
        [0, 1],
      ],
      [
        [1, 0],
        [0, 1],
      ],
      [
        [-1, 0],
        [0, 1],
      ],
      [[0, 1]],
    ];
    for (const selections of over) expect(shownOf(layered, strip, { selections })).toEqual(first);
    const many = Array.from({ length: 5 }, () => [0, 0]);
    for (const cells of [many, [[0]], [[0, -1]], []]) expect(shownOf(layered, strip, { cells })).toEqual(first);
  });

  it("keeps sinks off the scale, which is the same in every layer", () => {
    const first = shownOf(layered, strip, { cells: [[0, 0]] });
    expect([...first.apart]).toEqual([0]);
    expect(first.scale.high).toBeCloseTo(0.2);
    expect(first.counted).toHaveLength(8);
    expect(shownOf(layered, strip, {}).scale).toEqual(first.scale);
  });

  it("has sinks on the scale when a person wants them there", () => {
    const shown = shownOf(layered, strip, { cells: [[0, 0]], sinks: true });
    expect([shown.sinks, shown.apart.size, shown.scale.high]).toEqual([[0], 0, 0.9]);
  });

  it("stands on the scale that is imposed, at the intensity and with the thresholds of the view", () => {
    const panel = panelOf({ name: "surprisal", domain: [0, 4], values: [null, 1, 2, 3, 4, 0, 0, 0, 0] });
    const { scale } = shownOf(panel, strip, { domain: [0, 8], intensity: 4, threshold: [1, null] });
    expect([0.5, 1, 2].map((value) => place(scale, value))).toEqual([0, Math.SQRT1_2, 1]);
  });

  it("counts words once", () => {
    const panel = panelOf({ name: "surprisal", domain: [0, 4], values: [1, 1, 2, 3, 4, 1, 1, 1, 1] });
    const shown = shownOf(panel, strip, { grouping: { by: "words", rule: null, span: null } });
    expect(shown.counted).toHaveLength(shown.grouped?.ranges.length ?? 0);
  });
});

it("is the same object until something changes that it depends on", () => {
  const once = new ShownOnce();
  const before = once.get(layered, strip, {});
  expect(once.get(layered, strip, { pinned: [3] })).toBe(before);
  expect(once.get(layered, strip, { intensity: 2 })).not.toBe(before);
});
