// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";

import type { Catalogue } from "../api";
import { methodEntry, modelEntry } from "../../fixtures/catalogue";
import { jobState, resultState, runState } from "../../fixtures/runs";
import {
  chosenMethods,
  chosenModels,
  choosing,
  cutTo,
  draftOf,
  EMPTY,
  loadDraft,
  requestOf,
  saveDraft,
  type Draft,
} from "./draft";

const steps = { type: "object", properties: { n_steps: { type: "integer", default: 50 } } };
const OWN_DATA = { table_bytes: 1, table_rows: 1, logprobs_bytes: 1, logprobs_tokens: 1 };
const catalogue = {
  methods: [
    methodEntry({ key: "surprisal" }),
    methodEntry({
      key: "gradient",
      lens: "importance",
      inputs: ["text", "image"],
      needs: [["text_gradient"], ["image_gradient"]],
      parameters: steps,
    }),
    methodEntry({ key: "cut", lens: "tokenizers", needs: [], needs_model: false }),
  ],
  models: [
    modelEntry({ key: "lm" }),
    modelEntry({ key: "lm-2" }),
    modelEntry({ key: "vit", inputs: ["image"], abilities: ["image_gradient"] }),
  ],
  tokenizers: [],
  samples: [],
  limits: { text_characters: 1, image_bytes: 1, image_pixels: 1, runs_per_minute: 1, queued_jobs: 1, ...OWN_DATA },
} satisfies Catalogue;
const picture = {
  id: "s1",
  kind: "image" as const,
  bytes: 9,
  name: "",
  summary: "",
  width: 8,
  height: 8,
  text: null,
  url: "/api/sources/s1",
};
const table = { ...picture, id: "s2", kind: "table" as const, name: "a.csv", url: "/api/sources/s2" };
const draft = (changes: Partial<Draft>): Draft => ({ ...EMPTY, ...changes });

describe("a draft without choices", () => {
  it("asks the question that suits the input, of the first model that fits", () => {
    const text = draft({ text: "Hi" });
    expect(chosenMethods(text, catalogue).map(({ key }) => key)).toEqual(["surprisal"]);
    expect(chosenModels(text, catalogue)).toEqual(["lm"]);
    const image = draft({ picture });
    expect(chosenMethods(image, catalogue).map(({ key }) => key)).toEqual(["gradient"]);
    expect(chosenModels(image, catalogue)).toEqual(["vit"]);
  });

  it("asks the same when what was chosen does not read this input, and nothing when nothing was chosen", () => {
    expect(chosenMethods(draft({ picture, methods: ["cut"] }), catalogue).map(({ key }) => key)).toEqual(["gradient"]);
    expect(chosenMethods(draft({ picture, methods: [] }), catalogue)).toEqual([]);
  });

  it("asks nothing about nothing", () => {
    expect(chosenMethods(draft({ text: "  " }), catalogue)).toEqual([]);
  });
});

describe("requestOf", () => {
  it("sends what is chosen, and parameters that differ from their defaults", () => {
    const asked = draft({
      text: "Hi",
      methods: ["surprisal", "gradient"],
      models: ["lm", "lm-2"],
      params: { gradient: { n_steps: 9 } },
      continuing: true,
    });
    expect(requestOf(asked, catalogue)).toMatchObject({
      text: "Hi",
      source_ids: [],
      models: ["lm", "lm-2"],
      methods: [
        { key: "surprisal", params: {} },
        { key: "gradient", params: { n_steps: 9 } },
      ],
      generate: EMPTY.generate,
    });
  });

  it("leaves out methods and models that do not fit the input any more, and the continuation of a picture", () => {
    const asked = draft({ picture, methods: ["surprisal", "gradient"], models: ["lm"], continuing: true });
    expect(requestOf(asked, catalogue)).toMatchObject({
      text: null,
      source_ids: ["s1"],
      models: ["vit"],
      methods: [{ key: "gradient" }],
      generate: null,
    });
  });

  it("fills the roles of a method beside the chosen model", () => {
    const role = { summary: "", needs: [], tokenizers: "any" as const, optional: false };
    const pair = { ...catalogue, methods: [methodEntry({ key: "pair", roles: { draft: role } })] };
    const asked = draft({ text: "Hi", methods: ["pair"], models: ["lm"] });
    expect(requestOf(asked, pair).methods[0]?.roles).toEqual({ draft: "lm-2" });
    expect(requestOf({ ...asked, roles: { pair: { draft: "vit" } } }, pair).methods[0]?.roles).toEqual({
      draft: "vit",
    });
  });

  it("sends a file of one's own alone, to the methods that read it and a model that reads its texts", () => {
    const calibration = methodEntry({ key: "calibration", inputs: ["table"] });
    const all = { ...catalogue, methods: [...catalogue.methods, calibration] };
    const asked = draft({ text: "Hi", picture, file: table, methods: ["surprisal"], continuing: true });
    expect(requestOf(asked, all)).toMatchObject({
      text: null,
      source_ids: ["s2"],
      models: ["lm"],
      methods: [{ key: "calibration" }],
      generate: null,
    });
    expect(requestOf({ ...asked, file: null }, all).source_ids).toEqual(["s1"]);
  });

  it("names no model when no method needs one", () => {
    expect(requestOf(draft({ text: "Hi", methods: ["cut"] }), catalogue).models).toEqual([]);
  });
});

describe("choosing a model that not all methods fit", () => {
  const seer = modelEntry({ key: "seer", abilities: ["text_gradient"] });
  const all = { ...catalogue, models: [...catalogue.models, seer] };

  it("leaves those out, and asks the same question otherwise where nothing would remain", () => {
    const both = draft({ text: "Hi", methods: ["surprisal", "gradient"] });
    const [surprisal] = catalogue.methods;
    expect(choosing(both, ["seer"], [surprisal!], all)).toEqual({ models: ["seer"], methods: ["gradient"] });
    const hinted = methodEntry({ key: "hinted", needs: [["text_gradient"]] });
    const one = draft({ text: "Hi", methods: ["surprisal"] });
    const more = { ...all, methods: [...all.methods, hinted] };
    expect(choosing(one, ["seer"], [surprisal!], more)).toEqual({ models: ["seer"], methods: ["hinted"] });
  });
});

describe("keeping", () => {
  beforeEach(() => sessionStorage.clear());

  it("brings back what was typed", () => {
    const typed = draft({ text: "👩‍👧 שלום", methods: ["cut"] });
    saveDraft(typed);
    expect(loadDraft()).toEqual(typed);
  });

  it("starts empty when nothing or nonsense was kept", () => {
    expect(loadDraft()).toEqual(EMPTY);
    sessionStorage.setItem("tessera.draft", "{");
    expect(loadDraft()).toEqual(EMPTY);
  });
});

it("makes a draft of a run, to be asked again", () => {
  const run = runState({
    sources: [
      { id: "t", kind: "text", bytes: 2, name: "", summary: "", width: null, height: null, text: "Hi", url: null },
    ],
    jobs: [jobState({ model: "lm" }), jobState({ id: "job-2", model: "lm" })],
    results: [resultState(), resultState({ id: "r2", method: { key: "gradient", params: { n_steps: 9 } } })],
  });
  expect(draftOf(run)).toMatchObject({
    text: "Hi",
    models: ["lm"],
    methods: ["surprisal", "gradient"],
    params: { gradient: { n_steps: 9 } },
    continuing: false,
  });
});

describe("cutTo", () => {
  it("keeps as much as should fit, whole words", () => {
    const text = "word ".repeat(1000);
    const cut = cutTo(text, 500, 1000);
    expect(cut.length).toBeLessThanOrEqual(2425);
    expect(cut.length).toBeGreaterThan(2400);
    expect(cut.endsWith("word")).toBe(true);
  });

  it("never cuts a character in two", () => {
    expect(cutTo("👩".repeat(10), 5, 10)).toBe("👩👩👩👩");
  });
});
