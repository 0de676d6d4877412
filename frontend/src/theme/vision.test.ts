/** Colours say the same to whoever sees fewer of them, and stand out for whoever sees them weakly. */
import { describe, expect, it } from "vitest";

import { DEFICIENCIES, seen, type Deficiency } from "../../fixtures/deficiencies";
import { contrast, difference, fromHex, fromRgb, mix, toRgb, type Lab } from "./oklab";
import { CATEGORIES, CATEGORY_INK, dark, light, type Palette } from "./palette";
import { colourAt } from "./scales";

/** Differences in OKLab; 0.02 is just seen side by side. Ends of scales are far apart, categories told from memory. */
const ENDS = 0.15;
const APART = 0.06;
const STEPS = Array.from({ length: 101 }, (_, step) => step / 100);
const THEMES = [
  ["light", light],
  ["dark", dark],
] as const;
const SEERS = [null, ...(Object.keys(DEFICIENCIES) as Deficiency[])];

/** Ink of this strength over a ground, as a screen mixes them. */
function over(ground: Lab, ink: Lab, strength: number): Lab {
  const [below, above] = [toRgb(ground), toRgb(ink)];
  const channel = (at: 0 | 1 | 2): number => below[at] + (above[at] - below[at]) * strength;
  return fromRgb([channel(0), channel(1), channel(2)]);
}

it("simulates what Machado and others publish: grey stays grey, red and green meet", () => {
  for (const by of Object.keys(DEFICIENCIES) as Deficiency[])
    expect(difference(seen([0.6, 0, 0], by), [0.6, 0, 0])).toBeLessThan(0.002);
  const [red, green] = [fromHex("#b04030"), fromHex("#6b7520")];
  expect(difference(seen(red, "deuteranopia"), seen(green, "deuteranopia"))).toBeLessThan(0.6 * difference(red, green));
});

describe.each(THEMES)("in the %s palette", (theme, palette: Palette) => {
  it.each(SEERS)("keeps −max, 0 and +max apart (%s)", (by) => {
    const [low, zero, high] = [-1, 0, 1].map((at) => seen(colourAt(palette, at), by)) as [Lab, Lab, Lab];
    expect(Math.min(difference(low, zero), difference(zero, high), difference(low, high))).toBeGreaterThan(ENDS);
  });

  it.each(SEERS)("orders both sides by lightness (%s)", (by) => {
    for (const side of [-1, 1]) {
      const away = STEPS.map((at) => Math.abs(seen(colourAt(palette, side * at), by)[0] - seen(palette.paper, by)[0]));
      expect(away).toEqual(away.toSorted((one, other) => one - other));
    }
  });

  it.each(SEERS)("keeps every two categories apart (%s)", (by) => {
    const all = CATEGORIES[theme].map((hex) => seen(fromHex(hex), by));
    const pairs = all.flatMap((one, index) => all.slice(index + 1).map((other) => difference(one, other)));
    expect(Math.min(...pairs)).toBeGreaterThan(APART);
  });

  it("writes at 4.5 to 1 on every cell, and marks at 3 to 1", () => {
    for (const at of [...STEPS, ...STEPS.map((step) => -step)]) {
      const cell = colourAt(palette, at);
      expect(contrast(palette.ink, cell), `text at ${at}`).toBeGreaterThan(4.5);
      expect(contrast(over(cell, palette.ink, 0.75), cell), `mark at ${at}`).toBeGreaterThan(3);
    }
    for (const hex of CATEGORIES[theme]) {
      const ground = fromHex(hex);
      expect(contrast(fromHex(CATEGORY_INK[theme]), ground), `text on ${hex}`).toBeGreaterThan(4.5);
      expect(contrast(over(ground, fromHex(CATEGORY_INK[theme]), 0.8), ground), `line on ${hex}`).toBeGreaterThan(3);
    }
  });

  it("draws lines of categories at 3 to 1 on the page", () => {
    for (const hex of CATEGORIES[theme])
      expect(contrast(mix(fromHex(hex), palette.ink, 0.4), palette.paper), hex).toBeGreaterThan(3);
  });
});
