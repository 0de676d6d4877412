import { describe, expect, it } from "vitest";

import { contrast, inGamut, toHex, type Lab } from "./oklab";
import { CATEGORIES, CATEGORY_INK, dark, light, type Palette } from "./palette";
import { adjusted, categoryOf, colourAt, colourScale, extent, isClipped, isDimmed, place, valueAt } from "./scales";

const PALETTES: [string, Palette][] = [
  ["light", light],
  ["dark", dark],
];
const PLACES = Array.from({ length: 41 }, (_, step) => step / 20 - 1);

describe("oklab", () => {
  it("knows white, black and sRGB red", () => {
    expect(toHex([1, 0, 0])).toBe("#ffffff");
    expect(toHex([0, 0, 0])).toBe("#000000");
    expect(toHex([0.62796, 0.22486, 0.12585])).toBe("#ff0000");
    expect(contrast([1, 0, 0], [0, 0, 0])).toBeCloseTo(21, 5);
  });
});

describe.each(PALETTES)("the %s palette", (_name, palette) => {
  it("lies in sRGB", () => {
    for (const [name, colour] of Object.entries(palette)) expect(inGamut(colour as Lab), name).toBe(true);
  });

  it("has paper at zero", () => {
    expect(colourAt(palette, 0)).toEqual(palette.paper);
  });

  it("moves away from paper in lightness without turning back, on both sides", () => {
    const lightness = PLACES.filter((at) => at >= 0).map((at) => Math.abs(colourAt(palette, at)[0] - palette.paper[0]));
    const other = PLACES.filter((at) => at <= 0).map((at) => Math.abs(colourAt(palette, at)[0] - palette.paper[0]));
    expect(lightness).toEqual(lightness.toSorted((x, y) => x - y));
    expect(other).toEqual(other.toSorted((x, y) => y - x));
  });

  it("keeps text readable on every tile: at least 4.5 to 1", () => {
    for (const at of PLACES) expect(contrast(palette.ink, colourAt(palette, at)), String(at)).toBeGreaterThan(4.5);
  });

  it("keeps interface text readable: at least 4.5 to 1", () => {
    for (const ground of [palette.paper, palette.raised, palette.sunken]) {
      for (const text of [palette.ink, palette.muted, palette.accent, palette.danger]) {
        expect(contrast(text, ground)).toBeGreaterThan(4.5);
      }
    }
    expect(contrast(palette.accentInk, palette.accent)).toBeGreaterThan(4.5);
  });

  it("tells the two ends apart on the blue-yellow axis, which red-green blindness leaves", () => {
    expect(palette.low[2] - palette.high[2]).toBeGreaterThan(0.18);
  });
});

it.each(PALETTES)("keeps text readable on every category of the %s palette", (name) => {
  const channel = (hex: string, at: number): number => {
    const value = parseInt(hex.slice(1 + 2 * at, 3 + 2 * at), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (hex: string): number =>
    0.2126 * channel(hex, 0) + 0.7152 * channel(hex, 1) + 0.0722 * channel(hex, 2);
  for (const ground of CATEGORIES[name as keyof typeof CATEGORIES]) {
    const [dim, bright] = [ground, CATEGORY_INK[name as keyof typeof CATEGORIES]]
      .map(luminance)
      .toSorted((x, y) => x - y) as [number, number];
    expect((bright + 0.05) / (dim + 0.05), ground).toBeGreaterThan(4.5);
  }
});

describe("colourScale", () => {
  it("takes the domain that a track states", () => {
    expect(colourScale({ scale: "sequential", domain: [0, 11] }, [1, 2])).toEqual({
      kind: "sequential",
      low: 0,
      high: 11,
    });
  });

  it("is symmetric when diverging", () => {
    expect(colourScale({ scale: "diverging", domain: [-1, 3] }, [])).toEqual({ kind: "diverging", low: -3, high: 3 });
    expect(colourScale({ scale: "diverging", domain: [null, null] }, [-4, NaN, 2])).toMatchObject({ low: -4, high: 4 });
  });

  it("fills open ends from the values", () => {
    expect(colourScale({ scale: "sequential", domain: [0, null] }, [2, NaN, 5])).toMatchObject({ low: 0, high: 5 });
  });
});

describe("categories", () => {
  const scale = colourScale({ scale: "categorical", domain: [0, 1], categories: ["same", "differs"] }, []);
  it("go by their names, and unknown ones by their number", () => {
    expect([0, 1, 2, NaN].map((value) => categoryOf(scale, value))).toEqual(["same", "differs", "2", null]);
    expect(categoryOf(colourScale({ scale: "sequential", domain: [0, 1] }, []), 1)).toBeNull();
  });
});

describe("place", () => {
  const signed = colourScale({ scale: "diverging", domain: [-2, 2] }, []);

  it("maps zero to paper and the ends to ±1, and stays there beyond", () => {
    expect([-4, -2, -1, 0, 2, 3].map((value) => place(signed, value))).toEqual([-1, -1, -0.5, 0, 1, 1]);
  });

  it("keeps no value no value", () => {
    expect(place(signed, NaN)).toBeNaN();
  });

  it("is zero on a scale without extent", () => {
    expect(place({ kind: "sequential", low: 3, high: 3 }, 3)).toBe(0);
  });

  it("says what it clips", () => {
    expect([-2.5, -2, 2, 2.5, NaN].map((value) => isClipped(signed, value))).toEqual([true, false, false, true, false]);
  });
});

describe("a changed scale", () => {
  const scale = colourScale({ scale: "sequential", domain: [0, 8] }, []);
  const signed = colourScale({ scale: "diverging", domain: [-8, 8] }, []);

  it("is full at a quarter with four times the intensity, and half full at a sixteenth", () => {
    const strong = adjusted(scale, { intensity: 4 });
    expect([0, 0.5, 2, 5].map((value) => place(strong, value))).toEqual([0, 0.5, 1, 1]);
    expect([0.5, 1].map((position) => valueAt(strong, position))).toEqual([0.5, 2]);
    expect([2, 2.1].map((value) => isClipped(strong, value))).toEqual([false, true]);
  });

  it("keeps the sign", () => {
    const strong = adjusted(signed, { intensity: 4 });
    expect([-3, -0.5, 0, 0.5].map((value) => place(strong, value))).toEqual([-1, -0.5, 0, 0.5]);
    expect(valueAt(strong, -1)).toBe(-2);
    expect([-2, -2.1].map((value) => isClipped(strong, value))).toEqual([false, true]);
  });

  it("is as before without changes", () => {
    expect(adjusted(scale, { intensity: 1, threshold: [null, null] })).toEqual(scale);
    expect(valueAt(scale, 0.25)).toBe(2);
  });

  it("has the ends that several results share; diverging it stays symmetric", () => {
    expect(adjusted(scale, { domain: [1, 3] })).toEqual({ kind: "sequential", low: 1, high: 3 });
    expect(adjusted(signed, { domain: [-1, 3] })).toEqual({ kind: "diverging", low: -3, high: 3 });
  });

  it("dims what lies outside the thresholds, signed values by their size, and never what has no value", () => {
    const within = adjusted(scale, { threshold: [2, 4] });
    expect([1, 2, 4, 5, NaN].map((value) => isDimmed(within, value))).toEqual([true, false, false, true, false]);
    expect([1, 2].map((value) => place(within, value))).toEqual([0, 0.25]);
    expect(place(within, NaN)).toBeNaN();
    const large = adjusted(signed, { threshold: [2, null] });
    expect([-3, -1, 1, 3].map((value) => isDimmed(large, value))).toEqual([false, true, true, false]);
  });

  it("leaves names alone", () => {
    const names = colourScale({ scale: "categorical", domain: [0, 1], categories: ["same", "differs"] }, []);
    expect(adjusted(names, { domain: [0, 9], intensity: 3, threshold: [1, null] })).toBe(names);
  });
});

describe("extent", () => {
  it("passes over missing values", () => {
    expect(extent([NaN, 3, -1])).toEqual([-1, 3]);
    expect(extent([NaN])).toEqual([0, 0]);
  });
});
