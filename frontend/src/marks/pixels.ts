/** Mean colours of the patches of a picture. */
import type { Strip } from "../contract";
import type { Picture } from "./patch-grid";

export type Mean = readonly [red: number, green: number, blue: number];

/** The mean of the pixels under each unit's box; null for units without one. */
export async function meanColours({ url, width, height }: Picture, strip: Strip): Promise<(Mean | null)[]> {
  const image = new Image();
  // Another site's page may read a picture's pixels only if it asks for them.
  image.crossOrigin = "anonymous";
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return [];
  context.drawImage(image, 0, 0, width, height);
  return strip.units.map(({ box }) => {
    if (box == null) return null;
    const [left, top, right, bottom] = box.map(Math.round) as [number, number, number, number];
    return meanOf(context.getImageData(left, top, Math.max(1, right - left), Math.max(1, bottom - top)).data);
  });
}

/** The mean of RGBA pixels, without alpha. */
export function meanOf(pixels: Uint8ClampedArray): Mean {
  const sum = [0, 0, 0];
  pixels.forEach((channel, index) => {
    if (index % 4 < 3) sum[index % 4] = (sum[index % 4] ?? 0) + channel;
  });
  const count = pixels.length / 4;
  return [(sum[0] ?? 0) / count, (sum[1] ?? 0) / count, (sum[2] ?? 0) / count];
}

/** The mean of colours, as CSS. */
export function rgb(means: readonly Mean[]): string {
  const channel = (index: 0 | 1 | 2): number =>
    Math.round(means.reduce((total, mean) => total + mean[index], 0) / means.length);
  return `rgb(${channel(0)} ${channel(1)} ${channel(2)})`;
}
