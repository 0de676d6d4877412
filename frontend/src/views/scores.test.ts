// @vitest-environment happy-dom
import { render } from "lit";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { all, furnish, settle, shownText } from "../../fixtures/dom";
import { panelContext, panelResult, textStrip } from "../../fixtures/panels";
import type { ScoresPanel, Track } from "../contract";
import { draw } from ".";

const TEXT = ["The", " kit", "chen", " is", " red", ".", " Why", "?"];
const strip = textStrip("main", TEXT, { role: "text" });
const track = (changes: Partial<Track>): Track => ({
  ...{ name: "surprisal", label: "Surprisal", unit: "nat", scale: "sequential", categories: null, domain: [0, 4] },
  ...{ axes: [], aggregate: ["sum", "mean", "max"], values: [null, 1, 2, 3, 0.5, 0.25, 2, 1] },
  ...changes,
});
const probability = track({
  ...{ name: "probability", label: "Probability", unit: "", domain: [0, 1], aggregate: ["min", "mean"] },
  values: [null, 0.5, 0.25, 0.125, 0.5, 0.75, 0.25, 0.5],
});
const panel: ScoresPanel = { kind: "scores", strip: "main", tracks: [track({}), probability] };
const result = panelResult("surprisal", [strip], [panel], "More colour: less expected.");

/** As a person finds it, who has not changed anything yet. */
async function show(tracks: Track[] = panel.tracks): Promise<void> {
  render(null, document.body);
  render(draw({ ...panel, tracks }, panelContext(result)), document.body);
  await settle();
}
async function choose(which: number, value: string): Promise<void> {
  const select = all<HTMLSelectElement>("select")[which]!;
  select.value = value;
  select.dispatchEvent(new Event("change"));
  await settle();
}
const tile = (unit: number): HTMLElement => all(`.tile[data-unit="${unit}"]`)[0]!;
const place = (unit: number): number => Number(tile(unit).style.getPropertyValue("--place"));
const spoken = (unit: number): string | null => tile(unit).getAttribute("aria-label");

beforeAll(furnish);
beforeEach(() => show());

describe("words", () => {
  it("have the sum of their tokens' surprisal, on a scale that reaches to the greatest sum", async () => {
    await choose(0, "words");
    expect(spoken(1)).toBe("“ kitchen”, word of 2 tokens: Surprisal 3\u202fnat (sum), rank 1 of 6");
    expect([place(1), place(2), place(3)]).toEqual([1, 1, 1]);
    expect(place(4)).toBeCloseTo(0.5 / 3, 3);
    expect(tile(0).classList).toContain("missing");
  });

  it("follow the rule that a person chooses, on the scale of the tokens", async () => {
    await choose(0, "words");
    await choose(1, "mean");
    expect(spoken(2)).toBe("“ kitchen”, word of 2 tokens: Surprisal 1.5\u202fnat (mean), rank 3 of 6");
    expect(place(2)).toBe(0.375);
  });

  it("take the least probability, the rule that fits it", async () => {
    all<HTMLButtonElement>("button")[1]!.click();
    await choose(0, "words");
    expect(spoken(1)).toBe("“ kitchen”, word of 2 tokens: Probability 0.25 (least), rank 4 of 6");
    expect(all("option").map(({ textContent }) => textContent.trim())).toContain("least (fits best)");
  });

  it("show their tokens' numbers in the pop-up, and what each track makes of them", async () => {
    await choose(0, "words");
    tile(1).focus();
    tile(1).dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await settle();
    const text = shownText();
    expect(text).toContain("Surprisal (sum)");
    expect(text).toContain("Probability (least)");
    expect(text).toContain("word of 2 tokens");
    expect(text).toContain("“ kit” 1 nat · “chen” 2 nat");
  });

  it("are not offered for names", async () => {
    await show([track({ scale: "categorical", categories: ["a", "b"], aggregate: [], values: TEXT.map(() => 1) })]);
    expect(all("select")).toEqual([]);
  });
});

it("colours names by category, says them, and counts them in the legend", async () => {
  const values = [0, 0, 1, 1, 1, null, 0, 0];
  await show([
    track({ label: "Models", scale: "categorical", categories: ["same", "differs"], aggregate: [], values }),
  ]);
  expect(tile(2).style.getPropertyValue("--category")).toBe("var(--category-1)");
  expect(tile(2).classList).toContain("category");
  expect(tile(5).classList).toContain("missing");
  expect(spoken(2)).toBe("“chen”, token 2: Models differs");
  expect(shownText()).toContain("same 4 differs 3");
});

it("adds up sentences, and lacks what a token lacks", async () => {
  await choose(0, "sentences");
  expect(spoken(6)).toBe("“ Why?”, sentence of 2 tokens: Surprisal 3\u202fnat (sum), rank 1 of 1");
  expect(tile(3).classList).toContain("missing");
});

describe("a span", () => {
  it("is drawn from one token to another, and has its numbers by every rule", async () => {
    await choose(0, "span");
    tile(1).dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, button: 0, pointerType: "mouse" }));
    tile(3).dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    window.dispatchEvent(new PointerEvent("pointerup"));
    await settle();
    const text = shownText();
    expect(text).toContain("“ kitchen is” 3 tokens");
    expect(text).toContain("Surprisal, sum 6 nat");
    expect(text).toContain("Surprisal, mean 2 nat");
    expect(text).toContain("Probability, least 0.125");
    expect([0, 1, 2, 3, 4].filter((unit) => tile(unit).classList.contains("chosen"))).toEqual([1, 2, 3]);
  });

  it("is extended by shift and arrows, and given up by a click on its last token", async () => {
    await choose(0, "span");
    tile(2).focus();
    for (let press = 0; press < 2; press++) {
      const focused = all("tessera-token-strip")[0]!.shadowRoot!.activeElement;
      focused!.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", shiftKey: true, bubbles: true }));
      focused!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", shiftKey: true, bubbles: true }));
      await settle();
    }
    expect(shownText()).toContain("“chen is red” 3 tokens");
    tile(2).click();
    tile(3).click();
    tile(4).click();
    await settle();
    expect(shownText()).toContain("Draw over tokens");
  });
});
