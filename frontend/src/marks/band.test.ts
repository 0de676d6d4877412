// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";

import { furnish, settle } from "../../fixtures/dom";
import { Band, type BandChange, type Selection } from "./band";

let band: Band;

beforeEach(async () => {
  furnish();
  band = new Band();
  band.axis = { name: "layer", values: [1, 2, 3, 4, 5, 6] };
  band.selection = [5, 5];
  band.initial = [5, 5];
  band.addEventListener("band-change", (event) => (band.selection = (event as unknown as BandChange).selection));
  document.body.append(band);
  await settle();
});

function press(key: string, shiftKey = false): Selection {
  const slots = band.renderRoot.querySelector(".slots");
  slots?.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
  return band.selection;
}

it("arrows move one layer and stop at the ends", () => {
  expect([press("ArrowLeft"), press("ArrowRight"), press("ArrowRight"), press("Home"), press("ArrowLeft")]).toEqual([
    [4, 4],
    [5, 5],
    [5, 5],
    [0, 0],
    [0, 0],
  ]);
});

it("shift and arrows move one end of a range, on either side of where it began", () => {
  press("Home");
  press("ArrowRight");
  press("ArrowRight");
  expect(press("ArrowRight", true)).toEqual([2, 3]);
  expect(press("ArrowLeft", true)).toEqual([2, 2]);
  expect(press("ArrowLeft", true)).toEqual([1, 2]);
  expect(press("End", true)).toEqual([2, 5]);
  expect(press("ArrowLeft")).toEqual([4, 4]);
});

it("says what is shown, and offers the way back once it is something else", async () => {
  press("ArrowLeft");
  press("ArrowLeft", true);
  await settle();
  const reset = band.renderRoot.querySelector("button");
  expect(band.renderRoot.querySelector(".slots")?.getAttribute("aria-valuetext")).toBe("mean of layers 4–5");
  expect(reset?.hidden).toBe(false);
  reset?.click();
  expect(band.selection).toEqual([5, 5]);
});
