/** Colours in OKLab (Ottosson 2020): equal steps look equal. Channels of sRGB run from 0 to 1. */

export type Rgb = readonly [red: number, green: number, blue: number];
export type Lab = readonly [lightness: number, a: number, b: number];

export function fromLch(lightness: number, chroma: number, hue: number): Lab {
  const angle = (hue * Math.PI) / 180;
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
}

export function toRgb([lightness, a, b]: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    unlinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    unlinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    unlinear(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

export function fromRgb(rgb: Rgb): Lab {
  const [red, green, blue] = rgb.map(linear) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

export function fromHex(hex: string): Lab {
  const channel = (at: number): number => parseInt(hex.slice(at, at + 2), 16) / 255;
  return fromRgb([channel(1), channel(3), channel(5)]);
}

/** How different two colours look: their distance in OKLab; 0.02 is just seen side by side. */
export const difference = (one: Lab, other: Lab): number =>
  Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);

/** Whether the colour can be shown; outside, a screen would change it. */
export function inGamut(colour: Lab): boolean {
  return toRgb(colour).every((channel) => channel >= -1e-3 && channel <= 1 + 1e-3);
}

export function mix(from: Lab, to: Lab, share: number): Lab {
  const at = (index: 0 | 1 | 2): number => from[index] + (to[index] - from[index]) * share;
  return [at(0), at(1), at(2)];
}

export function toHex(colour: Lab): string {
  const byte = (channel: number): string =>
    Math.round(Math.min(1, Math.max(0, channel)) * 255)
      .toString(16)
      .padStart(2, "0");
  return `#${toRgb(colour).map(byte).join("")}`;
}

/** Contrast ratio of WCAG 2: 1 to 21; running text needs 4.5. */
export function contrast(one: Lab, other: Lab): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Lab): number {
  const [red, green, blue] = toRgb(colour).map(linear) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The channel that a screen is told, of this much light. */
export function unlinear(light: number): number {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}

/** How much light a channel makes. */
export function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
