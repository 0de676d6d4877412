// @vitest-environment happy-dom
import { html, render } from "lit";
import { expect, it } from "vitest";

import { all, furnish, settle } from "../../fixtures/dom";
import { colourScale } from "../theme/scales";
import "./head-grid";

const scale = colourScale({ scale: "sequential", domain: [0, 1] }, []);

async function show(layers: number, heads: number): Promise<void> {
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at));
  const values = names(layers).map(() => names(heads).map(() => 0.5));
  render(
    html`<tessera-head-grid
      .values=${values}
      .scale=${scale}
      .layers=${names(layers)}
      .heads=${names(heads)}
    ></tessera-head-grid>`,
    document.body,
  );
  await settle();
}
const reachable = (): (string | undefined)[] => all('.tile[tabindex="0"]').map((tile) => tile.dataset["cell"]);

it("has one square that keys reach, whichever tracks come after each other", async () => {
  furnish();
  await show(4, 6);
  expect(reachable()).toEqual(["0-0"]);
  all('[data-cell="3-5"]')[0]!.dispatchEvent(new FocusEvent("focusin", { bubbles: true, composed: true }));
  await settle();
  expect(reachable()).toEqual(["3-5"]);
  await show(2, 3);
  expect(reachable()).toEqual(["1-2"]);
  await show(0, 0);
  await show(4, 6);
  expect(reachable()).toEqual(["0-0"]);
});
