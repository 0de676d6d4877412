// @vitest-environment happy-dom
import { render } from "lit";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { all, furnish, settle, shownText } from "../../fixtures/dom";
import { drawn, node, panelContext, panelResult, panels, textStrip } from "../../fixtures/panels";
import type { BranchesPanel } from "../contract";
import { alike } from "./branches";
import { textsOf } from "./columns";
import { draw } from ".";

const context = panelContext(drawn.branches);

async function show(panel: BranchesPanel, within = context): Promise<void> {
  render(draw(panel, within), document.body);
  await settle();
}
const stops = (): HTMLElement[] => all("[data-unit][role]");
const press = async (key: string): Promise<void> => {
  const from = stops().find(({ tabIndex }) => tabIndex === 0)!;
  from.focus();
  from.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await settle();
};
const current = (): string | null =>
  stops()
    .find(({ tabIndex }) => tabIndex === 0)!
    .getAttribute("data-unit");

beforeAll(furnish);
beforeEach(() => render(null, document.body));

describe("a tree", () => {
  it("names every node with its numbers, and says which path was kept", async () => {
    await show(panels.tree);
    expect(stops()).toHaveLength(14);
    const [root, first] = stops();
    expect(root!.getAttribute("aria-label")).toContain("where the tree begins");
    expect(first!.getAttribute("aria-label")).toBe("“ the”: accepted with 0.806, probability 62%, kept");
    expect(all("g.node.kept")).toHaveLength(5);
  });

  it("is walked by arrows along its branches", async () => {
    await show(panels.tree);
    await press("ArrowRight");
    expect(current()).toBe("1");
    await press("ArrowDown");
    expect(current()).toBe("2");
    await press("ArrowLeft");
    expect(current()).toBe("0");
  });

  it("draws a braid that is none as the tree that it is", async () => {
    const nodes = [node({ id: "a", strip: "draft" }), node({ id: "b", parent: "a", strip: "draft", range: [1, 2] })];
    await show({ ...panels.braid, nodes });
    expect(all("tessera-tree")).toHaveLength(1);
  });
});

describe("a braid", () => {
  it("shows the line around its trials, each with its number, the kept one set apart", async () => {
    await show(panels.braid);
    expect(all(".trial")).toHaveLength(5);
    expect(all(".trial.kept .note").map(({ textContent }) => textContent)).toEqual(["2.93", "1.52"]);
    expect(shownText()).toContain("Mia put the red ball in the box. Tom");
    expect(all(".trial")[0]!.getAttribute("aria-label")).toMatch(/perplexity .*, (not )?kept, departs before token 10/);
  });
});

it("threads of trials that wrote the same are one", () => {
  const trial = { at: 3, length: 2, kept: false };
  const threads = alike([
    { ...trial, index: 1, text: "a b", note: "2" },
    { ...trial, index: 2, text: "a b", note: "2" },
    { ...trial, index: 3, text: "a b", note: "2", kept: true },
    { ...trial, index: 4, text: "a b", note: "2", at: 5 },
    { ...trial, index: 5, text: "c", note: "" },
    { ...trial, index: 6, text: "c", note: "" },
  ]);
  expect(threads.map(({ index, note }) => [index, note])).toEqual([
    [1, "2 × 2"],
    [3, "2"],
    [4, "2"],
    [5, "2 times"],
  ]);
});

describe("columns", () => {
  it("marks the tokens that differ from the first text", async () => {
    await show(panels.columns);
    const differing = all("section").map((section) =>
      [...section.querySelectorAll(".differs")].map(({ textContent }) => textContent).join(""),
    );
    expect(differing[0]).toBe(" kitchen");
    expect(differing[1]).toBe(" garden ball");
  });

  it("sets off what stands for a token in the other texts", async () => {
    await show(panels.columns);
    const kitchen = all(".token").find(({ textContent }) => textContent === " kitchen")!;
    kitchen.dispatchEvent(new Event("pointerover", { bubbles: true }));
    await settle();
    expect(all(".twin").map(({ textContent }) => textContent)).toContain(" gar");
  });

  it("writes token under token on demand", async () => {
    await show(panels.columns);
    all<HTMLButtonElement>("button")[1]!.click();
    await settle();
    const cells = all(".cell");
    expect(cells.length).toBeGreaterThan(18);
    expect(new Set(cells.map(({ children }) => children.length))).toEqual(new Set([3]));
  });

  it("reads what follows a text behind its end, and does not compare that text itself", () => {
    const strips = [textStrip("a", ["one", " two"]), textStrip("b", [" 2"]), textStrip("c", [" 3", " 4"])];
    const nodes = [
      node({ id: "a", strip: "a" }),
      node({ id: "b", parent: "a", strip: "b" }),
      node({ id: "c", parent: "a", strip: "c" }),
    ];
    const texts = textsOf({ ...panels.columns, nodes }, panelContext(panelResult("c", strips, [], "")));
    expect(texts.map(({ units }) => units.map(({ text }) => text).join(""))).toEqual(["one two 2", "one two 3 4"]);
    expect(texts.map(({ departs }) => departs)).toEqual([2, 2]);
    expect([...texts[1]!.matches]).toEqual([0, 1, -1, -1]);
  });

  it("gives a branch the text of its parent up to where it departs", () => {
    const strips = [textStrip("a", ["one", " two", " three"]), textStrip("b", [" 2", " 3"])];
    const nodes = [node({ id: "a", strip: "a" }), node({ id: "b", parent: "a", at: 1, strip: "b" })];
    const [, branch] = textsOf({ ...panels.columns, nodes }, panelContext(panelResult("c", strips, [], "")));
    expect(branch!.units.map(({ text }) => text)).toEqual(["one", " 2", " 3"]);
    expect(branch!.departs).toBe(1);
    expect([...branch!.matches]).toEqual([0, -1, -1]);
  });
});

it("writes every layout's numbers as a table", async () => {
  for (const panel of [panels.tree, panels.braid, panels.columns]) {
    await show(panel);
    expect(all("tbody tr")).toHaveLength(panel.nodes.length);
  }
});
