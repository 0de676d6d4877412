import { describe, expect, it } from "vitest";

import { methodEntry, modelEntry } from "../../fixtures/catalogue";
import type { Figure, MethodCall, Result } from "../contract";
import { gradeOf, isQuick, measurementOf, measuring, QUICK, ranked } from "./believe";
import { freely, valueOf } from "./measuring";

const figure = (value: number | null): Figure => ({ value, label: "", unit: "", domain: [null, null] });
const figuresOf = (values: Record<string, number | null>): Record<string, Figure> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, figure(value)]));

const WORTH = { orders: 20, units: 30, moved: 4 };
const graded = (method: string, [beaten, deletion, insertion]: number[]): Record<string, number> => ({
  [`${method}_beaten`]: beaten ?? 0,
  [`${method}_deletion`]: deletion ?? 0,
  [`${method}_insertion`]: insertion ?? 0,
});

describe("the grade of a map", () => {
  it("is better, no better or worse than random orders", () => {
    const verdict = (beaten: number): string | undefined =>
      gradeOf(figuresOf({ ...graded("a", [beaten, 0.9, 0.8]), ...WORTH }), "a", null)?.verdict;
    expect([1, 0.95, 0.9, 0.5, 0.05, 0].map(verdict)).toEqual([
      ...["better", "better", "no-better", "no-better", "worse", "worse"],
    ]);
    expect(gradeOf(figuresOf(WORTH), "a", null)).toBeNull();
  });

  it("says nothing where there is nothing to say", () => {
    const why = (worth: object, target: unknown = null): string | null | undefined =>
      gradeOf(figuresOf({ ...graded("a", [1, 1, 1]), ...WORTH, ...worth }), "a", target as Result["target"])?.why;
    const target = { quantity: "logprob", contrast_ids: [], ids: [1] };
    expect(why({})).toBeNull();
    expect(why({ units: 3 })).toBe("few-units");
    expect(why({ moved: 0.02 })).toBe("unmoved");
    expect(why({}, { ...target, value: Math.log(0.005) })).toBe("improbable");
    expect(why({}, { ...target, value: Math.log(0.5) })).toBeNull();
    expect(why({}, { ...target, ids: [1, 2], value: 2 * Math.log(0.05) })).toBeNull();
    expect(why({}, { ...target, quantity: "logit", value: -30 })).toBeNull();
  });
});

describe("the table of maps", () => {
  const series = (label: string, low: number[], high: number[]): object => ({
    label,
    x: ["a", "b", "c"],
    y: [],
    low,
    high,
  });
  const result = {
    target: null,
    figures: figuresOf({
      ...graded("a", [0.6, 0.5, 0.7]),
      ...graded("b", [1, 1, 0.95]),
      ...graded("c", [0.95, 0.9, 0.95]),
      ...{ b_soft_ns: 0.4, b_soft_nc: null },
      ...WORTH,
    }),
    panels: [
      {
        kind: "chart",
        series: [series("deletion", [0.3, 0.85, 0.7], [0.7, 1, 1]), series("insertion", [0.5, 0.8, 0.8], [0.85, 1, 1])],
      },
    ],
  } as unknown as Result;

  it("has the most faithful first, and says who ties", () => {
    const rows = ranked(result);
    expect(rows.map(({ method, place }) => [method, place])).toEqual([
      ["b", "best"],
      ["c", "tie"],
      ["a", "behind"],
    ]);
    expect(rows[0]?.intervals.deletion).toEqual([0.85, 1]);
    expect(rows[0]?.intervals["Soft-NS"]).toBeNull();
    expect(rows[0]?.softNS).toBe(0.4);
  });
});

const map = { lens: "importance" as const, produces: ["scores" as const] };
const METHODS = [
  methodEntry({ key: "occlusion", ...map, explains: true }),
  methodEntry({ key: "rollout", ...map }),
  methodEntry({ key: "surprisal" }),
  methodEntry({
    key: "fidelity",
    lens: "importance",
    produces: ["chart"],
    parameters: { properties: { methods: { default: ["occlusion"] } } },
    cost: {
      passes: [
        { times: 6, of: ["orders", "points"], limit: null, once: "", when: null },
        { times: 100, of: [], limit: null, once: "", when: null },
      ],
      ...{ most: [], backward: [], backward_most: [], tokens: 0, attention: false },
    },
  }),
];

describe("what is measured without being asked", () => {
  it("are the maps of a question, with their parameters", () => {
    const calls = [{ key: "surprisal" }, { key: "occlusion", params: { replacement: "pad" } }, { key: "rollout" }];
    expect(measuring(calls, METHODS)).toEqual({
      key: "fidelity",
      params: { methods: ["occlusion", "rollout"], settings: { occlusion: { replacement: "pad" } }, ...QUICK },
    });
    expect(measuring([{ key: "surprisal" }], METHODS)).toBeNull();
    expect(isQuick({ key: "fidelity", params: { ...QUICK } })).toBe(true);
    expect(isQuick({ key: "fidelity" })).toBe(false);
  });

  it("is what costs little", () => {
    const model = modelEntry({ parameters: 5e6, bytes_per_token: 4 });
    const free = (bytes: number, models = [model], calls: MethodCall[] = [{ key: "occlusion" }]): boolean =>
      freely(calls, { text: "x".repeat(bytes), image: false, more: 10 }, models, METHODS) !== null;
    expect(free(90)).toBe(true);
    expect(free(4000)).toBe(false);
    expect(free(90, [modelEntry({ parameters: 7e9 })])).toBe(false);
    expect(free(90, [])).toBe(false);
    expect(free(90, [model], [{ key: "occlusion" }, { key: "fidelity" }])).toBe(false);
  });

  it("counts as the formula of the card says", () => {
    const term = { times: 6, of: ["orders", "points"] };
    expect(valueOf(term, { orders: 10, points: 8 }, {})).toBe(480);
    expect(valueOf({ times: 2, of: ["missing|units"] }, {}, { units: 5 })).toBe(10);
    expect(valueOf({ times: 1, of: ["methods"] }, { methods: ["a", "b"] }, {})).toBe(2);
  });
});

describe("the measurement of a result", () => {
  const of = (call: MethodCall, params: object, target = { strip: "image", class: 2 }): string | null => {
    const run = {
      jobs: [{ id: "j", model: "m", targets: [target] }],
      results: [{ id: "f", job: "j", state: "running", method: { key: "fidelity", params }, figures: {} }],
    } as never;
    const resolved = {
      ...{ strip: "image", start: null, stop: null, class_id: 2, class_label: "two", quantity: "logit" },
      ...{ ids: [2], contrast_ids: [], contrast_text: "" },
    };
    const result = { strips: [], target: resolved } as unknown as Result;
    return measurementOf(call, result, { model: "m" }, { run, methods: METHODS, fetched: () => null })?.id ?? null;
  };

  it("grades its method, with its parameters, on its target", () => {
    expect(of({ key: "occlusion" }, {})).toBe("f");
    expect(of({ key: "rollout" }, {})).toBeNull();
    expect(of({ key: "rollout" }, { methods: ["rollout"] })).toBe("f");
    expect(of({ key: "occlusion", params: { patch: "mean" } }, {})).toBeNull();
    expect(of({ key: "occlusion", params: { patch: "mean" } }, { settings: { occlusion: { patch: "mean" } } })).toBe(
      "f",
    );
    expect(of({ key: "occlusion" }, {}, { strip: "image", class: 1 })).toBeNull();
  });
});
