// @vitest-environment happy-dom
import { render } from "lit";
import { expect, it } from "vitest";

import { textStrip } from "../../fixtures/panels";
import { pinnedOrNot, pinSign, pinsNote } from "./pins";

it("numbers units in the order in which they were pinned", () => {
  const pinned = [7, 2, 5];
  expect([7, 2, 5, 3].map((unit) => pinSign(pinned, unit))).toEqual(["①", "②", "③", ""]);
  const many = Array.from({ length: 21 }, (_, unit) => unit);
  expect([pinSign(many, 19), pinSign(many, 20)]).toEqual(["⑳", "21"]);
  expect(pinnedOrNot(pinned, 2)).toEqual([7, 5]);
  expect(pinnedOrNot(pinned, 3)).toEqual([7, 2, 5, 3]);
});

it("lists them with their numbers, and lets each go", () => {
  const strip = textStrip("main", ["The", " ball", " is"]);
  const readings = (unit: number) => [{ label: "Surprisal", unit: "nat", value: unit / 2, shown: true }];
  let now: readonly number[] = [2, 1, 99];
  const root = document.createElement("div");
  render(pinsNote({ strip, pinned: now, readings, change: (next) => (now = next) }), root);
  const lines = [...root.querySelectorAll("li")].map(({ textContent }) => textContent.replace(/\s+/g, " ").trim());
  expect(lines).toEqual(
    ["① “ is” Surprisal 1\u202fnat ×", "② “ ball” Surprisal 0.5\u202fnat ×"].map((line) => line.replace(/\s+/g, " ")),
  );
  root.querySelectorAll("button")[0]!.click();
  expect(now).toEqual([1, 99]);
});
