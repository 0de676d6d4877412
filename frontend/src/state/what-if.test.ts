import { describe, expect, it } from "vitest";

import { methodEntry } from "../../fixtures/catalogue";
import type { ResolvedTarget, Result, Strip } from "../contract";
import { placed, signed } from "../views/change-bars";
import { piecesOf, textOfIds } from "../views/edited-text";
import {
  answersFor,
  editsOf,
  fitted,
  hindrance,
  predicted,
  predictions,
  runsOf,
  targetAgain,
  TRIAL,
  trialRequest,
  triesOf,
} from "./what-if";

const WORDS = ["", "Mia", " put", " the", " red", " ball", " down"];

const strip: Strip = {
  ...{ id: "main", role: "text", label: "Text", source: null, tokenizer: "t", grid: null },
  units: WORDS.map((text, id) => ({
    kind: "token",
    id,
    text,
    special: id === 0,
    ...(id === 0 ? { surface: "<s>" } : {}),
  })),
};

const grid = { ...strip, id: "image", role: "image", grid: [1, 7] } as Strip;

const target = (changes: Partial<ResolvedTarget> = {}): ResolvedTarget => ({
  ...{ strip: "main", start: 6, stop: 7, quantity: "logprob", ids: [6], text: " down", class_id: null },
  ...{ class_label: null, contrast: null, contrast_ids: [], contrast_text: "", rows: [5], value: -1 },
  ...changes,
});

const scores = [null, 0.5, -0.25, 1, 2, null, null];

const result = (changes: object = {}): Result =>
  ({
    ...{ method: "occlusion", lens: "importance", target: target(), strips: [strip], figures: {} },
    panels: [{ kind: "scores", strip: "main", tracks: [{ name: "attribution", axes: [], values: scores }] }],
    ...changes,
  }) as unknown as Result;

describe("what is asked of selected units", () => {
  it("names runs of neighbours", () => {
    expect(runsOf([5, 1, 2])).toEqual([
      [1, 3],
      [5, 6],
    ]);
  });

  it("gives what was typed the white space of what it replaces", () => {
    expect(fitted("blue", { strip, units: [4] })).toBe(" blue");
    expect(fitted(" blue", { strip, units: [4] })).toBe(" blue");
    expect(fitted("Tom", { strip, units: [1] })).toBe("Tom");
  });

  it("makes one edit of each strip that has a selection", () => {
    const trial = { ...TRIAL, action: "replace" as const, text: "blue" };
    const selections = [
      { strip, units: [4] },
      { strip: { ...strip, id: "output" }, units: [] },
    ];
    expect(editsOf(selections, trial)).toEqual([{ strip: "main", units: [4], action: "replace", text: " blue" }]);
    const token = { ...trial, token: { id: 9, text: " green" } };
    expect(editsOf([{ strip, units: [4] }], token)).toEqual([
      { strip: "main", units: [4], action: "replace", ids: [9] },
    ]);
    expect(editsOf([{ strip: grid, units: [3] }], trial)[0]?.action).toBe("mask");
  });

  it("says why units cannot be changed", () => {
    expect(hindrance([{ strip, units: [4] }], target())).toBeNull();
    expect(hindrance([{ strip, units: [0, 4] }], target())).toBe("special");
    expect(hindrance([{ strip, units: [4, 6] }], target())).toBe("target");
    expect(hindrance([{ strip, units: [] }], target())).toBe("nothing");
  });

  it("asks with the result's own target", () => {
    expect(trialRequest(result(), "demo-lm", [{ strip, units: [4] }], TRIAL)).toEqual({
      models: ["demo-lm"],
      methods: [{ key: "what_if", params: { edits: [{ strip: "main", units: [4], action: "remove" }] } }],
      targets: [{ strip: "main", from: 6, to: 7 }],
    });
    const masks = trialRequest(result(), "demo-lm", [{ strip, units: [4] }], {
      ...TRIAL,
      action: "mask",
      mask: "mean",
    });
    expect(masks.methods[0]?.params?.mask).toBe("mean");
  });

  it("asks for what comes next as that", () => {
    const units = strip.units.map((unit, index) => (index === 6 ? { ...unit, segment: "predicted" as const } : unit));
    expect(targetAgain(result({ strips: [{ ...strip, units }] }))).toEqual({ strip: "main", next: true });
    const picked = target({ start: null, stop: null, strip: "image", class_id: 3, quantity: "logit" });
    expect(targetAgain(result({ target: picked }))).toEqual({ strip: "image", class: 3 });
  });
});

describe("what scores predict", () => {
  it("is the negative of their sum, of what has none nothing", () => {
    expect(predicted(result(), [{ strip: "main", units: [3, 4], action: "remove" }])).toBe(-3);
    expect(predicted(result(), [{ strip: "main", units: [2, 5], action: "mask" }])).toBe(0.25);
    expect(predicted(result(), [{ strip: "main", units: [5], action: "mask" }])).toBeNull();
  });

  it("is told of methods that add up and explain this very target", () => {
    const map = { lens: "importance" as const, explains: true, produces: ["scores" as const] };
    const methods = [
      methodEntry({ key: "occlusion", additive: true, ...map }),
      methodEntry({ key: "rollout", ...map, explains: false }),
      methodEntry({ key: "surprisal" }),
    ];
    const entry = (id: string, key: string): object => ({ id, job: "j", state: "done", method: { key }, figures: {} });
    const run = {
      jobs: [{ id: "j", model: "m", targets: [] }],
      results: [entry("a", "occlusion"), entry("b", "occlusion"), entry("c", "rollout"), entry("d", "surprisal")],
    } as never;
    const other = result({ target: target({ start: 5, stop: 6, ids: [5] }) });
    const all: Record<string, Result> = { a: result(), b: other, c: result({ target: null }), d: result() };
    const known = { run, methods, fetched: (id: string) => all[id] ?? null };
    expect(predictions([{ strip: "main", units: [4], action: "remove" }], result(), { model: "m" }, known)).toEqual([
      { method: "occlusion", change: -2 },
      { method: "rollout", change: null },
    ]);
    expect(predictions([], result(), { model: "another" }, known)).toEqual([]);
  });
});

describe("what was tried", () => {
  const job = (id: string, targets: object[]): object => ({ id, model: "m", targets });
  const entry = (id: string, of: string): object => ({ id, job: of, state: "done", method: { key: "what_if" } });
  const run = {
    jobs: [job("one", [{ strip: "main", from: 6, to: 7 }]), job("two", [{ strip: "main", from: 5, to: 6 }])],
    results: [entry("a", "one"), entry("b", "two"), entry("c", "one")],
  } as never;

  it("stands with its target, the latest first, before it has come, too", () => {
    const found = triesOf(result(), { model: "m" }, run, () => null);
    expect(found.map(({ id }) => id)).toEqual(["c", "a"]);
    expect(triesOf(result(), { model: "x" }, run, () => null)).toEqual([]);
  });

  it("goes by the resolved target once it is known", () => {
    const state = { id: "a", job: "two" } as never;
    expect(answersFor(state, result(), run, () => null)).toBe(false);
    expect(answersFor(state, result(), run, () => result())).toBe(true);
  });
});

describe("how an edit is shown", () => {
  it("strikes out what goes and marks what comes", () => {
    const edits = [
      { strip: "main", units: [4, 5], action: "replace" as const, text: " blue key" },
      { strip: "main", units: [2], action: "mask" as const },
    ];
    expect(piecesOf(strip, edits, () => "")).toEqual([
      { text: "Mia", state: "kept" },
      { text: " put", state: "masked" },
      { text: " the", state: "kept" },
      { text: " red ball", state: "gone" },
      { text: " blue key", state: "new" },
      { text: " down", state: "kept" },
    ]);
  });

  it("shows of a long text what is near", () => {
    const units = Array.from({ length: 1000 }, (_, id) => ({ kind: "token", id, text: `${id} `, special: false }));
    const pieces = piecesOf(
      { ...strip, units } as Strip,
      [{ strip: "main", units: [500], action: "remove" }],
      () => "",
    );
    expect(pieces.map(({ state }) => state)).toEqual(["cut", "kept", "gone", "kept", "cut"]);
    expect(pieces[2]?.text).toBe("500 ");
  });

  it("reads ids where the result has them", () => {
    expect(textOfIds(result(), [4, 5])).toBe(" red ball");
  });

  it("puts changes on one scale around the middle", () => {
    const bars = placed([
      { label: "really", change: -2, real: true },
      { label: "predicted", change: 1, real: false },
    ]);
    expect(bars.map(({ from, to }) => [from, to])).toEqual([
      [0, 0.5],
      [0.5, 0.75],
    ]);
    expect(signed(1, "nat")).toBe("+1\u202fnat");
    expect(signed(-1, "")).toBe("−1");
  });
});
