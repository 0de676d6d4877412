/** Colours as a browser computes them, in any of its notations, to sRGB. */
import type { Colour } from "./scene";

const known = new Map<string, Colour | null>();
let pixel: CanvasRenderingContext2D | null = null;

/** Null for what is not seen. */
export function colourOf(css: string, opacity = 1): Colour | null {
  if (css === "" || css === "none" || css === "transparent" || css.startsWith("url(")) return null;
  if (!known.has(css)) known.set(css, measured(css));
  const colour = known.get(css) ?? null;
  if (colour === null || colour.alpha * opacity < 0.004) return null;
  return opacity === 1 ? colour : { ...colour, alpha: colour.alpha * opacity };
}

/** `rgb(1, 2, 3)` and `rgba(…)` are read, all others painted and looked at. */
function measured(css: string): Colour | null {
  const [, channels] = /^rgba?\(([\d., ]+)\)$/.exec(css) ?? [];
  if (channels !== undefined) return fromChannels(channels.split(",").map(Number));
  if (!CSS.supports("color", css)) return null;
  pixel ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (pixel === null) return null;
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = css;
  pixel.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = pixel.getImageData(0, 0, 1, 1).data;
  return fromChannels([red, green, blue, alpha / 255]);
}

export function fromChannels([red = 0, green = 0, blue = 0, alpha = 1]: readonly number[]): Colour | null {
  if (alpha === 0) return null;
  const hex = [red, green, blue].map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("");
  return { hex: `#${hex}`, alpha };
}

/** What is seen of a colour on paper. */
export function over({ hex, alpha }: Colour, paper: string): string {
  const [top, below] = [channelsOf(hex), channelsOf(paper)];
  return fromChannels(top.map((channel, at) => channel * alpha + (below[at] ?? 255) * (1 - alpha)))?.hex ?? hex;
}

/** 0 to 255. */
export const channelsOf = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
