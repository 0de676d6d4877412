// @vitest-environment happy-dom
import { expect, it } from "vitest";

import { furnish } from "../../fixtures/dom";
import type { Strip } from "../contract";

const SIDE = 40;
const units = Array.from({ length: SIDE * SIDE }, (_, unit): Strip["units"][number] => {
  const [x, y] = [10 * (unit % SIDE), 10 * Math.floor(unit / SIDE)];
  return { kind: "patch", box: [x, y, x + 10, y + 10] };
});

it("chooses one of many patches by a touch, which hovers over nothing any longer when it clicks", async () => {
  furnish();
  await import("./patch-grid");
  const grid = document.createElement("tessera-patch-grid");
  grid.strip = {
    ...{ id: "image", role: "image", label: "Picture", source: null, tokenizer: null, grid: null },
    units,
  };
  document.body.append(grid);
  await grid.updateComplete;
  const over = grid.renderRoot.querySelector(".over")!;
  over.getBoundingClientRect = () => new DOMRect(0, 0, 200, 200);
  const chosen: number[] = [];
  grid.addEventListener("unit-select", (event) => chosen.push(event.index));
  const at = { bubbles: true, composed: true, clientX: 17, clientY: 12 };
  over.dispatchEvent(new PointerEvent("pointermove", { ...at, pointerType: "touch" }));
  over.dispatchEvent(new PointerEvent("pointerleave", { ...at, bubbles: false, pointerType: "touch" }));
  over.dispatchEvent(new MouseEvent("click", at));
  expect(chosen).toEqual([2 * SIDE + 3]);
});
