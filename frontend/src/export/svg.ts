/** A scene as SVG: text is text, tiles are shapes, and the fonts it is set in come along if wanted. */
import { CHAINS, facesOf, unicodeRange, type TypeSet, type UsedFont } from "./fonts";
import { fine, short, type Colour, type Scene, type Shape, type Stroke, type Word } from "./scene";

export interface SvgOptions {
  /** Width on paper [mm]. */
  mm: number;
  /** The fonts that are put into the file; none: the viewer's own. */
  type: TypeSet | null;
  /** What screen readers and indexes are told. */
  description: string;
}

export function toSvg(scene: Scene, { mm, type, description }: SvgOptions): string {
  const { width, height, title, paper } = scene;
  const high = short((mm * height) / width);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${mm}mm" height="${high}mm" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(description)}</desc>`,
    `<style>${faces(type?.fonts ?? [])}text{font-family:${CHAINS.sans.replaceAll('"', "'")};`,
    `font-variant-ligatures:no-common-ligatures;white-space:pre}`,
    `.m{font-family:${CHAINS.mono.replaceAll('"', "'")}}</style>`,
    paper === null ? "" : `<rect width="${width}" height="${height}" fill="${paper.hex}"/>`,
    ...scene.shapes.map(element),
    "</svg>\n",
  ].join("\n");
}

/** Shapes as an SVG inside another document, whose type they take. */
export const fragment = (shapes: readonly Shape[], width: number, height: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${short(width)}" height="${short(height)}" ` +
  `viewBox="0 0 ${short(width)} ${short(height)}">${shapes.map(element).join("")}</svg>`;

function element(shape: Shape): string {
  switch (shape.kind) {
    case "box": {
      const radius = shape.radius > 0 ? ` rx="${short(shape.radius)}"` : "";
      return `<rect${frame(shape)}${radius}${fill(shape.fill)}${stroke(shape.stroke)}/>`;
    }
    case "path": {
      const moved =
        shape.matrix.join() === "1,0,0,1,0,0" ? "" : ` transform="matrix(${shape.matrix.map(fine).join(" ")})"`;
      const rule = shape.evenOdd ? ' fill-rule="evenodd"' : "";
      const blend = shape.blend === "normal" ? "" : ` style="mix-blend-mode:${shape.blend}"`;
      return `<path d="${escaped(shape.d)}"${moved}${fill(shape.fill)}${rule}${stroke(shape.stroke)}${blend}/>`;
    }
    case "picture": {
      const opacity = shape.opacity === 1 ? "" : ` opacity="${short(shape.opacity)}"`;
      return `<image${frame(shape)}${opacity} preserveAspectRatio="none" href="${escaped(shape.href)}"/>`;
    }
    case "word":
      return text(shape);
  }
}

/** The width is that of the sheet, whichever font the viewer has. */
function text({ text, after, x, y, width, rtl, type, angle }: Word): string {
  const weight = type.bold ? ' font-weight="600"' : "";
  const style = type.italic ? ' font-style="italic"' : "";
  const side = rtl ? ' direction="rtl"' : "";
  const turned = angle === 0 ? "" : ` transform="rotate(${short((angle * 180) / Math.PI)} ${short(x)} ${short(y)})"`;
  const kind = type.mono ? ' class="m"' : "";
  const place = `x="${short(rtl ? x + width : x)}" y="${short(y)}" textLength="${short(width)}" lengthAdjust="spacingAndGlyphs"`;
  const inked = `${kind} font-size="${short(type.size)}"${weight}${style}${side}${turned}${fill(type.colour)}`;
  return `<text${inked}><tspan ${place}>${escaped(text)}</tspan>${escaped(after)}</text>`;
}

const frame = (box: { x: number; y: number; width: number; height: number }): string =>
  ` x="${short(box.x)}" y="${short(box.y)}" width="${short(box.width)}" height="${short(box.height)}"`;

function fill(colour: Colour | null): string {
  if (colour === null) return ' fill="none"';
  return ` fill="${colour.hex}"${colour.alpha === 1 ? "" : ` fill-opacity="${short(colour.alpha)}"`}`;
}

function stroke(pen: Stroke | null): string {
  if (pen === null) return "";
  const { colour, width, dash } = pen;
  const opacity = colour.alpha === 1 ? "" : ` stroke-opacity="${short(colour.alpha)}"`;
  const dashes = dash.length === 0 ? "" : ` stroke-dasharray="${dash.map(short).join(" ")}"`;
  return ` stroke="${colour.hex}"${opacity} stroke-width="${short(width)}"${dashes}`;
}

function faces(fonts: readonly UsedFont[]): string {
  return fonts
    .flatMap((font) =>
      facesOf(font).map(
        ({ family }) =>
          `@font-face{font-family:'${family}';font-weight:${font.weight};unicode-range:${unicodeRange(font)};` +
          `src:url(data:font/woff2;base64,${base64(new Uint8Array(font.data))}) format('woff2')}`,
      ),
    )
    .join("");
}

export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

const NAMED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text for XML: what it has no place for (controls, lone surrogates, U+FFFE) is drawn as the sign of replacement. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (char) => NAMED[char] ?? char);
}
