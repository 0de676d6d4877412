/** A picture in a PDF: its pixels, and how much of each is seen. */
import type { PdfFile } from "./file";

export async function picture(href: string, file: PdfFile): Promise<number> {
  const image = new Image();
  image.src = href;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no pictures");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const colours = new Uint8Array(3 * width * height);
  const seen = new Uint8Array(width * height);
  for (let at = 0; at < width * height; at++) {
    colours.set(data.subarray(4 * at, 4 * at + 3), 3 * at);
    seen[at] = data[4 * at + 3] ?? 255;
  }
  const size = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8`;
  const opaque = seen.every((alpha) => alpha === 255);
  const mask = opaque ? "" : ` /SMask ${await file.stream(seen, `${size} /ColorSpace /DeviceGray`)} 0 R`;
  return file.stream(colours, `${size} /ColorSpace /DeviceRGB${mask}`);
}
