// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";

import { methodEntry, modelEntry } from "../../fixtures/catalogue";
import { all, furnish, settle, shownText } from "../../fixtures/dom";
import { panelContext } from "../../fixtures/panels";
import { jobState, resultState, runState } from "../../fixtures/runs";
import { RunApi } from "../api";
import type { Problem, Strip, Track, Unit } from "../contract";
import type { StreamedPart } from "../state/run";

beforeEach(() => furnish());
afterEach(() => document.body.replaceChildren());

/** An element with these properties, drawn. */
async function drawn<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
): Promise<HTMLElementTagNameMap[K]> {
  const element = Object.assign(document.createElement(tag), properties);
  document.body.append(element);
  await settle();
  return element;
}

const main = modelEntry({ key: "main", name: "Main", vocabulary_hash: "a" });
const twin = modelEntry({ key: "twin", name: "Twin", vocabulary_hash: "a" });
const foreign = modelEntry({ key: "foreign", name: "Foreign", vocabulary_hash: "b" });
const role = { summary: "Drafts.", needs: ["next_token" as const], tokenizers: "same" as const, optional: false };

it("offers for a role the models that fit, says why others do not, and shows a refusal at its field", async () => {
  const { RolesChange } = await import("./ask-roles");
  const problem: Problem = {
    ...{ type: "/problems/tokenizers-differ", title: "Tokenizers differ", status: 422, limit: null, value: null },
    ...{ field: "methods.1.roles.draft", detail: "They have different vocabularies." },
  };
  const element = await drawn("tessera-ask-roles", {
    methods: [methodEntry(), methodEntry({ key: "tree", name: "Draft tree", roles: { draft: role } })],
    ...{ asked: [main], models: [main, foreign, twin], problem },
  });
  const [picker] = all<HTMLSelectElement>("select");
  expect(Array.from(picker!.options).map(({ value, selected }) => [value, selected])).toEqual([
    ["main", false],
    ["twin", true],
  ]);
  expect(shownText()).toContain("Foreign : its vocabulary is not that of Main");
  expect(all("[role=alert]").map((note) => note.textContent.trim())).toEqual([
    expect.stringContaining("They have different vocabularies."),
  ]);
  let roles: unknown;
  element.addEventListener("roles-change", (event) => {
    if (event instanceof RolesChange) roles = event.roles;
  });
  picker!.value = "main";
  picker!.dispatchEvent(new Event("change"));
  expect(roles).toEqual({ tree: { draft: "main" } });
});

it("finds a method among many, and folds all groups but the quick one", async () => {
  await import("./ask-methods");
  const quick = Array.from({ length: 8 }, (_, index) => methodEntry({ key: `m${index}`, name: `Look ${index}` }));
  const slow = methodEntry({ key: "slow", name: "Samples", background: true, summary: "Draws many texts." });
  const lacking = methodEntry({ key: "judge", name: "Judged", missing: "Judged needs a judge." });
  await drawn("tessera-ask-methods", {
    question: "Where was the model unsure?",
    ...{ methods: [...quick, slow, lacking], chosen: [quick[0]!], asked: [main], models: [main] },
  });
  expect(all<HTMLDetailsElement>("details").map(({ open }) => open)).toEqual([true, false, false]);
  expect(shownText()).toContain("Judged needs a judge.");
  expect(shownText()).not.toContain("Judged Judged");
  const [search] = all<HTMLInputElement>("input[type=search]");
  search!.value = "many texts";
  search!.dispatchEvent(new Event("input"));
  await settle();
  expect(all("input[type=checkbox]")).toHaveLength(1);
  expect(shownText()).toContain("takes longer");
});

it("colours each streamed token by its own probability", async () => {
  await import("./stream");
  const parts: StreamedPart[] = [
    { tokens: 1, text: " the", probability: 1 },
    { tokens: 1, text: " box", probability: 1e-6 },
    { tokens: 3, text: " of nuts", probability: null },
  ];
  await drawn("tessera-stream", { prompt: "Mia took", parts });
  const tiles = all(".tile");
  expect(tiles.map((tile) => Number(tile.style.getPropertyValue("--place")))).toEqual([0, 1, 0]);
  expect(tiles.map((tile) => tile.classList.contains("missing"))).toEqual([false, false, true]);
  expect(tiles[0]!.title).toContain("probability 100%");
  expect(shownText()).toContain("5 tokens so far");
});

it("says at once that it is stopping, and offers seeds once all is done", async () => {
  const { ActionChosen } = await import("./run-actions");
  const generate = { do_sample: true, seed: 7 };
  const busy = runState({ generate, jobs: [jobState({ state: "running" })] });
  const element = await drawn("tessera-run-actions", { run: busy, generating: true });
  const actions: unknown[] = [];
  element.addEventListener("action-chosen", (event) => {
    if (event instanceof ActionChosen) actions.push(event.action);
  });
  all("button")[0]!.click();
  await settle();
  expect(actions).toEqual([{ kind: "stop" }]);
  expect(shownText()).toContain("Stopping …");
  Object.assign(element, { run: runState({ generate }), generating: false });
  await settle();
  all("button")
    .find((one) => one.textContent.includes("Again with seed 7"))!
    .click();
  all("button")
    .find((one) => one.textContent.includes("Another seed"))!
    .click();
  expect(actions[1]).toEqual({ kind: "again", seed: 7 });
  expect(actions[2]).not.toEqual({ kind: "again", seed: 7 });
});

it("lists the answers with how far they are", async () => {
  const { GoTo } = await import("./run-nav");
  const element = await drawn("tessera-run-nav", {
    chapters: [
      {
        title: "Where was the model unsure?",
        entries: [
          { id: "a", name: "Surprisal", state: "done", fraction: null },
          { id: "b", name: "Samples", state: "running", fraction: 0.25 },
        ],
      },
    ],
  });
  expect(shownText()).toContain("Samples 25%");
  let goal = "";
  element.addEventListener("go-to", (event) => {
    if (event instanceof GoTo) goal = event.id;
  });
  all("a")[1]!.click();
  expect(goal).toBe("b");
});

it("draws a figure between known ends as a dial, and any other as a number", async () => {
  const { figures } = await import("./figures");
  const { render } = await import("lit");
  const mean = { value: 0.25, label: "Mean", unit: "", domain: [0, 1] as [number, number] };
  render(figures({ figures: { mean, open: { ...mean, label: "Open", domain: [0, null] } } }), document.body);
  expect(all("[role=img]").map((one) => one.getAttribute("aria-label"))).toEqual(["Mean: 0.25, between 0 and 1"]);
  expect(all(".fill")[0]!.getAttribute("stroke-dasharray")).toBe("25 200");
  expect(shownText()).toContain("Open 0.25");
});

const unit = (id: number, text: string, segment: Unit["segment"]): Unit => ({ kind: "token", id, text, segment });
const strip = (...units: Unit[]): Strip => ({
  ...{ id: "main", role: "text", label: "", source: null, tokenizer: null, grid: null },
  units,
});
const track = (...values: (number | null)[]): Track => ({
  ...{ name: "surprisal", label: "Surprisal", unit: "nat", scale: "sequential", categories: null },
  ...{ domain: [0, null], axes: [], aggregate: ["sum"], values },
});

it("shows what an encoder-decoder read above what it said", async () => {
  await import("./result-card");
  const { results } = await import("../../fixtures/harness");
  const input: Strip = { ...strip(unit(1, "Guten Tag", "prompt")), id: "input", role: "input", label: "Input" };
  const output: Strip = { ...strip(unit(2, "Good day", "generated")), id: "output", role: "output", label: "Output" };
  const panels = [{ kind: "scores" as const, strip: "output", tracks: [track(0.5)] }];
  await drawn("tessera-result-card", {
    ...{ state: resultState(), job: jobState(), api: new RunApi("/api/runs/r") },
    slotted: { kind: "ready", result: { ...results.surprisal, strips: [input, output], panels } },
    context: panelContext(results.surprisal),
  });
  expect(shownText()).toMatch(/Input Guten Tag Output .*Good day/);
});
