import { describe, expect, it } from "vitest";

import { textStrip } from "../../fixtures/panels";
import type { ScoresPanel, Track } from "../contract";
import { BesideOnce, besideOf, offered, panelsOn, interchangeable, toggled, type OtherPanel } from "./beside";

const TEXT = ["The", " cat", " sat"];
const track = (name: string, values: number[], changes: Partial<Track> = {}): Track => ({
  ...{ name, label: name, unit: "", scale: "sequential", categories: null, domain: [0, 1] },
  ...{ axes: [], aggregate: ["sum"], values },
  ...changes,
});
const panel = (...tracks: Track[]): ScoresPanel => ({ kind: "scores", strip: "main", tracks });
const other = (key: string, tracks: Track[], text = TEXT): OtherPanel => ({
  ...{ key, method: key, panel: panel(...tracks), strip: textStrip("main", text) },
});

const surprisal = other("surprisal/0", [track("surprisal", [1, 2, 3]), track("rank", [4, 5, 6])]);
const layered = other("attention/0", [
  track("attention", [], {
    axes: [{ name: "layer", values: [1, 2] }],
    values: [
      [0.1, 0.2, 0.3],
      [0.4, 0.5, 0.6],
    ],
  }),
]);
const elsewhere = other("entropy/0", [track("entropy", [1, 2, 3])], ["The", " dog", " sat"]);
const COLOURS = { panel: "surprisal/0", track: "surprisal" };
const RANK = { panel: "surprisal/0", track: "rank" };
const ATTENTION = { panel: "attention/0", track: "attention" };

describe("tracks on the same strip", () => {
  it("are those of results whose units are equal, however often they were sent", () => {
    expect(interchangeable(textStrip("main", TEXT), textStrip("main", TEXT))).toBe(true);
    expect(panelsOn(textStrip("main", TEXT), [surprisal, layered, elsewhere])).toEqual([surprisal, layered]);
    expect(interchangeable(textStrip("main", TEXT), textStrip("output", TEXT))).toBe(true);
    expect(interchangeable(textStrip("main", TEXT), textStrip("main", TEXT.slice(1)))).toBe(false);
  });

  it("are offered but for the one that colours", () => {
    expect(offered([surprisal, layered], COLOURS)).toEqual([
      { method: "surprisal/0", tracks: [{ id: RANK, label: "rank" }] },
      { method: "attention/0", tracks: [{ id: ATTENTION, label: "attention" }] },
    ]);
    expect(offered([other("one/0", [track("only", [1, 2, 3])])], { panel: "one/0", track: "only" })).toEqual([]);
  });

  it("are added last and taken away", () => {
    expect(toggled({ beside: [RANK] }, ATTENTION)).toEqual([RANK, ATTENTION]);
    expect(toggled({ beside: [RANK, ATTENTION] }, { ...RANK })).toEqual([ATTENTION]);
    expect(toggled({}, RANK)).toEqual([RANK]);
  });

  it("stand there once, and make room for others after the twelfth", () => {
    const ids = Array.from({ length: 14 }, (_, at) => ({ panel: "attention/0", track: String(at) }));
    expect(besideOf({ beside: [RANK, ATTENTION, { ...RANK }] })).toEqual([RANK, ATTENTION]);
    expect(besideOf({ beside: ids })).toEqual(ids.slice(2));
    expect(toggled({ beside: ids.slice(0, 12) }, RANK)).toEqual([...ids.slice(1, 12), RANK]);
    expect(besideOf({})).toEqual([]);
  });
});

describe("what is shown beside", () => {
  const get = (once: BesideOnce, beside: (typeof RANK)[], looks: Record<string, object> = {}) =>
    once.get([surprisal, layered], { beside }, COLOURS, (key) => looks[key] ?? {});

  it("are the numbers that the other panel shows, at its own layer", () => {
    const first = get(new BesideOnce(), [RANK, ATTENTION]);
    expect(first.map(({ shown }) => [...shown.values].map((value) => Number(value.toFixed(2))))).toEqual([
      [4, 5, 6],
      [0.4, 0.5, 0.6],
    ]);
    const [at] = get(new BesideOnce(), [ATTENTION], { "attention/0": { selections: [[0, 0]] } });
    expect(at?.shown.values[2]).toBeCloseTo(0.3);
  });

  it("passes over what has not come, and what colours", () => {
    expect(get(new BesideOnce(), [COLOURS, { panel: "late/0", track: "late" }])).toEqual([]);
  });

  it("stays the same object until something changes", () => {
    const once = new BesideOnce();
    expect(get(once, [RANK])[0]?.shown).toBe(get(once, [RANK])[0]?.shown);
  });
});
