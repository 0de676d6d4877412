// @vitest-environment happy-dom
import { render } from "lit";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { all, furnish, settle, shownText } from "../../fixtures/dom";
import { panelContext, panelResult, textStrip } from "../../fixtures/panels";
import type { ScoresPanel, Track } from "../contract";
import { prefer } from "../theme/preferences";
import { answerBy } from "../tokens/matching";
import { compiled, matchesIn } from "../tokens/pattern";
import { draw } from ".";

const TEXT = ["The", " kit", "chen", " is", "\n", "red", "!", " é"];
const strip = textStrip("main", TEXT, { role: "text" });
strip.units.forEach((unit, index) => (unit.id = 100 + index));
const values = [null, 1, 2, 3, 0.5, 0.25, 2, 1];
const track: Track = {
  ...{ name: "surprisal", label: "Surprisal", unit: "nat", scale: "sequential", categories: null, domain: [0, 4] },
  ...{ axes: [], aggregate: ["sum", "mean", "max"], values },
};
const panel: ScoresPanel = { kind: "scores", strip: "main", tracks: [track] };
const result = panelResult("surprisal", [strip], [panel], "More colour: less expected.");

const tile = (unit: number): HTMLElement => all(`.tile[data-unit="${unit}"]`)[0]!;
const spoken = (unit: number): string | null => tile(unit).getAttribute("aria-label");
const place = (unit: number): number => Number(tile(unit).style.getPropertyValue("--place"));

async function by(value: string): Promise<void> {
  const select = all<HTMLSelectElement>("select")[0]!;
  select.value = value;
  select.dispatchEvent(new Event("change"));
  await settle();
}
async function type(pattern: string): Promise<void> {
  const input = all<HTMLInputElement>("input[type=text]")[0]!;
  input.value = pattern;
  input.dispatchEvent(new Event("input"));
  input.dispatchEvent(new Event("change"));
  await settle();
}

beforeAll(() => {
  furnish();
  answerBy(({ texts, pattern }) => Promise.resolve(texts.map((text) => matchesIn(text, compiled(pattern)))));
});
beforeEach(async () => {
  prefer({ ids: false, bytes: false, specials: true, invisible: false });
  render(null, document.body);
  render(draw(panel, panelContext(result)), document.body);
  await settle();
});

it("lines add up their tokens, and lack what a token lacks", async () => {
  await by("lines");
  expect(spoken(6)).toBe("“red! é”, line of 3 tokens: Surprisal 3.25\u202fnat (sum), rank 1 of 1");
  expect(tile(1).classList).toContain("missing");
});

describe("an expression", () => {
  it("joins the tokens of a match, and those between", async () => {
    await by("pattern");
    await type("kitchen|red");
    expect(spoken(2)).toBe("“ kitchen”, match of 2 tokens: Surprisal 3\u202fnat (sum), rank 2 of 4");
    expect(spoken(3)).toBe("“ is⏎”, between matches, 2 tokens: Surprisal 3.5\u202fnat (sum), rank 1 of 4");
    expect([1, 2, 3, 5].map((unit) => tile(unit).dataset["state"])).toEqual(["match", "match", "", "match"]);
    expect(shownText()).toContain("2 matches");
  });

  it("that is wrong says so, stays as it was typed, and leaves the last good one", async () => {
    await by("pattern");
    await type("kitchen");
    await type("kitchen|(");
    expect(shownText()).toContain("Not a regular expression: Unterminated group");
    expect(all<HTMLInputElement>("input[type=text]")[0]!.value).toBe("kitchen|(");
    expect(spoken(2)).toContain("match of 2 tokens");
    await by("tokens");
    await by("pattern");
    expect(all<HTMLInputElement>("input[type=text]")[0]!.value).toBe("kitchen");
    expect(spoken(2)).toContain("match of 2 tokens");
  });

  it("that takes too long shows tokens, and says so", async () => {
    answerBy(() => Promise.resolve(null));
    await by("pattern");
    await type("(x+)+y");
    expect(shownText()).toContain("takes longer than a second");
    expect(spoken(2)).toMatch(/^“chen”, token 2: /);
  });
});

it("bytes are cells with the number of their token, and say so", async () => {
  await by("bytes");
  const cells = [...tile(7).querySelectorAll<HTMLElement>(".cell")];
  expect(cells.map(({ textContent, dataset }) => `${textContent} ${dataset["char"]}`)).toEqual(["20 ␣", "c3 é", "a9 "]);
  expect(place(7)).toBe(0.25);
  expect(shownText()).toContain("Each byte shows the number of its token");
});

it("ids and bytes stand below the tokens when they are asked for", async () => {
  prefer({ ids: true });
  await settle();
  expect([0, 1, 7].map((unit) => tile(unit).dataset["below"])).toEqual(["100", "101", "107"]);
  expect(tile(4).textContent).toBe("⏎");
  prefer({ bytes: true });
  await settle();
  expect(tile(7).dataset["below"]).toBe("107\n20 c3 a9");
  expect(place(7)).toBe(0.25);
});
