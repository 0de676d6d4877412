// @vitest-environment happy-dom
import { render } from "lit";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { all, furnish, settle, shownText } from "../../fixtures/dom";
import { drawn, panelContext, panels } from "../../fixtures/panels";
import type { GroupsPanel } from "../contract";
import { memberships, shareNames } from "./group-units";
import { draw } from ".";

const context = panelContext(drawn.groups);

async function show(panel: GroupsPanel): Promise<void> {
  render(draw(panel, context), document.body);
  await settle();
}
const tile = (unit: number): HTMLElement => all(`.tile[data-unit="${unit}"]`)[0]!;
const states = (unit: number): string[] => (tile(unit).dataset["state"] ?? "").split(" ").filter((one) => one !== "");

beforeAll(furnish);
beforeEach(() => {
  render(null, document.body);
  context.look.set({ group: null });
});

it("knows where groups begin, end and overlap", () => {
  const [one] = panels.brackets.groups;
  const found = memberships(
    [
      {
        ...one!,
        ranges: [
          [0, 2],
          [4, 5],
        ],
      },
      { ...one!, ranges: [[1, 3]] },
    ],
    "main",
  );
  expect([...found.keys()].toSorted((x, y) => x - y)).toEqual([0, 1, 2, 4]);
  expect(found.get(1)).toEqual({ groups: [0, 1], first: false, last: true });
  expect(found.get(4)).toEqual({ groups: [0], first: true, last: true });
  expect(memberships([one!], "another").size).toBe(0);
});

it("orders the names of shares as they come", () => {
  expect(shareNames(panels.claims.groups)).toEqual(["entailed", "contradicted", "neutral"]);
});

describe("brackets", () => {
  it("reach under their run, with the value below where it has room", async () => {
    await show(panels.brackets);
    expect([0, 1, 2, 3].map(states)).toEqual([[], ["grouped", "bracket", "first"], ["grouped", "bracket", "last"], []]);
    expect(tile(1).dataset["note"]).toBe("0.91");
    expect(tile(2).dataset["note"]).toBe("");
    expect(tile(1).getAttribute("aria-label")).toBe("“ put”: run 1, 0.91");
  });
});

describe("claims", () => {
  it("stand in a list with their shares, and show their tokens on demand", async () => {
    await show(panels.claims);
    const [, second] = all<HTMLButtonElement>(".list button");
    expect(all(".shares")[1]!.getAttribute("aria-label")).toBe("entailed 44%, contradicted 36%, neutral 20%");
    expect(states(10)).not.toContain("on");
    second!.click();
    await settle();
    expect(states(10)).toContain("on");
    expect(states(1)).not.toContain("on");
    expect(second!.getAttribute("aria-pressed")).toBe("true");
  });

  it("stay chosen where the answer for another target has them in another place, and are not mistaken", async () => {
    await show(panels.claims);
    all<HTMLButtonElement>(".list button")[1]!.click();
    await settle();
    const [first, second, ...others] = panels.claims.groups;
    const pressed = (): number[] =>
      all(".list button").flatMap((button, index) => (button.getAttribute("aria-pressed") === "true" ? [index] : []));
    expect(pressed()).toEqual([1]);
    await show({ ...panels.claims, groups: [second!, first!, ...others] });
    expect(pressed()).toEqual([0]);
    await show({ ...panels.claims, groups: [first!, ...others] });
    expect(pressed()).toEqual([]);
  });

  it("are chosen by their tokens", async () => {
    await show(panels.claims);
    tile(24).click();
    await settle();
    expect(all("[aria-pressed=true]").map(({ textContent }) => textContent.trim())).toEqual([
      expect.stringContaining("The ball is in the kitchen"),
    ]);
  });
});

it("puts the texts of each cluster on a card", async () => {
  await show(panels.cards);
  expect(all(".cards > li")).toHaveLength(3);
  expect(all(".cards > li")[0]!.textContent).toContain("took the box to the kitchen,");
});

it("says when there is none, and writes all numbers as a table", async () => {
  await show({ ...panels.brackets, groups: [] });
  expect(shownText()).toContain("None in this text.");
  await show(panels.claims);
  expect([...all("thead th")].map(({ textContent }) => textContent)).toContain("contradicted");
  expect(all("tbody tr")).toHaveLength(4);
});
