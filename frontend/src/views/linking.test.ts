// @vitest-environment happy-dom
import { render } from "lit";
import { beforeEach, describe, expect, it } from "vitest";

import { all, furnish, settle, shownText } from "../../fixtures/dom";
import { panelContext } from "../../fixtures/panels";
import { pictures } from "../../fixtures/pictures";
import type { LinksPanel, Strip } from "../contract";
import { ViewStore } from "../state/view";
import { draw } from ".";
import { litBy } from "./linking";

const strip = (id: string, count: number): Strip =>
  ({ id, units: Array.from({ length: count }, () => ({ kind: "token" })) }) as unknown as Strip;
const [text, image] = [strip("main", 3), strip("image", 4)];
const links: LinksPanel = {
  ...{ kind: "links", name: "attention", label: "Attention", unit: "", scale: "sequential", domain: [0, 1] },
  ...{ categories: null, axes: [], strip: "image", target_strip: "main", indices: null },
  rows: [
    [0, 1],
    [1, 3],
  ],
  weights: [
    [0.1, 0.2, 0.3, 0.4],
    [0.5, 0, null, 0.5],
  ],
};
const numbers = (values?: Float32Array): number[] => Array.from(values ?? [], (value) => Math.round(100 * value) / 100);

describe("links between a text and a picture", () => {
  it("lead from a token to the patches that it comes from", () => {
    const lit = litBy([links], image, { strip: "main", unit: 2 });
    expect([lit?.toward, numbers(lit?.values)]).toEqual(["from", [0.5, 0, NaN, 0.5]]);
    expect(lit?.ways).toEqual(["from"]);
  });

  it("lead from a patch to the tokens that it goes to", () => {
    const lit = litBy([links], text, { strip: "image", unit: 3 });
    expect([lit?.toward, numbers(lit?.values)]).toEqual(["to", [0.4, 0.5, 0.5]]);
    expect([lit?.scale.low, lit?.scale.high]).toEqual([0, 1]);
  });

  it("are none on other strips, and where nothing is said of the unit", () => {
    expect(litBy([links], strip("other", 4), { strip: "main", unit: 0 })).toBeNull();
    expect(litBy([links], image, { strip: "main", unit: 9 })).toBeNull();
    expect(litBy([], image, { strip: "main", unit: 0 })).toBeNull();
  });

  it("within one picture lead both ways, the wanted one first", () => {
    const own = { ...links, target_strip: "image" };
    expect(litBy([own], image, { strip: "image", unit: 0 })?.ways).toEqual(["from", "to"]);
    expect(numbers(litBy([own], image, { strip: "image", unit: 0 }, "to")?.values)).toEqual([0.1, 0.5, 0.5, NaN]);
  });
});

describe("links of which only the strongest are known", () => {
  const [prompt, output] = [strip("main", 2000), strip("output", 2)];
  const sparse: LinksPanel = {
    ...{ ...links, strip: "main", target_strip: "output", rows: [0, 1].map((row): [number, number] => [row, row + 1]) },
    indices: [
      [3, 7],
      [1500, 3],
    ],
    weights: [
      [0.75, 0.25],
      [0.5, 0.125],
    ],
  };

  it("are found of every unit, whichever was looked at first", () => {
    expect(numbers(litBy([sparse], output, { strip: "main", unit: 3 })?.values)).toEqual([0.75, 0.13]);
    expect(numbers(litBy([sparse], output, { strip: "main", unit: 1500 })?.values)).toEqual([NaN, 0.5]);
    expect(litBy([sparse], output, { strip: "main", unit: 4 })).toBeNull();
    expect(litBy([sparse], output, { strip: "main", unit: 1e300 })).toBeNull();
    const values = litBy([sparse], prompt, { strip: "output", unit: 1 })?.values;
    expect([values?.length, values?.[1500], values?.[3], values?.[7]]).toEqual([2000, 0.5, 0.125, NaN]);
  });

  it("are as many as the strip has units, where rows were looked at from elsewhere first", () => {
    const again = { ...sparse };
    expect(litBy([again], prompt, { strip: "output", unit: 0 })?.values).toHaveLength(2000);
    expect(litBy([again], strip("main", 10), { strip: "output", unit: 0 })?.values).toHaveLength(10);
  });
});

describe("a picture and a text that a model reads together", () => {
  const store = new ViewStore();

  beforeEach(async () => {
    furnish();
    render(null, document.body);
    store.set({ linked: undefined, panels: {} });
    const { both } = pictures;
    const context = (index: number) => ({ ...panelContext(both), look: store.look(String(index)) });
    render(
      both.panels.slice(0, 2).map((panel, index) => draw(panel, context(index))),
      document.body,
    );
    await settle();
  });

  const token = (unit: number): HTMLElement =>
    all(`tessera-token-strip`)[0]!.shadowRoot!.querySelector(`[data-unit="${unit}"]`)!;
  const patch = (unit: number): SVGElement =>
    all(`tessera-patch-grid`)[0]!.shadowRoot!.querySelector(`[data-unit="${unit}"]`)!;
  const pointer = (type: string): Event => new PointerEvent(type, { bubbles: true, composed: true });

  it("colours the patches while a token is pointed at, and no longer", async () => {
    expect(patch(20).getAttribute("aria-label")).toContain("Attribution");
    token(2).dispatchEvent(pointer("pointerover"));
    await settle();
    // Token 2 looks at the third column, 0.5 at its top: patch 1 + 2.
    expect(patch(3).getAttribute("aria-label")).toContain("Patch, row 1, column 3, patch 3: Attention to patches 0.5");
    expect(shownText()).toContain("Coloured by what “ this” comes from");
    token(2).dispatchEvent(pointer("pointerleave"));
    all("tessera-token-strip")[0]!.shadowRoot!.querySelector(".strip")!.dispatchEvent(pointer("pointerleave"));
    await settle();
    expect(patch(3).getAttribute("aria-label")).toContain("Attribution");
  });

  it("keeps what is clicked, patch to tokens, until it is clicked again", async () => {
    patch(3).dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    await settle();
    expect(store.value.linked).toMatchObject({ strip: "image", unit: 3 });
    expect(token(2).getAttribute("aria-label")).toContain("Attention to patches 0.5");
    expect(token(0).getAttribute("aria-label")).toContain("Attention to patches 0");
    patch(3).dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    await settle();
    expect(store.value.linked).toBeUndefined();
  });

  it("goes back by Escape", async () => {
    patch(3).dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    patch(3).dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, composed: true }));
    await settle();
    expect(store.value.linked).toBeUndefined();
  });
});
