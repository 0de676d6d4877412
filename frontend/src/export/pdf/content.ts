/** Shapes as operators of a PDF's page (ISO 32000-1, 8 and 9). */
import type { Blend, Colour, Path, Shape, Stroke, Word } from "../scene";
import { fine, short } from "../scene";
import { unicode } from "./file";
import { hex, type PdfFonts, type Placed, type Shaped } from "./fonts";
import { pathOperators, roundedBox } from "./paths";

/** Names of what a page's operators refer to. */
export interface Resources {
  fonts: PdfFonts;
  /** The graphics state of an opacity and a way of mixing. */
  state(fill: number, stroke: number, blend: Blend): string;
  picture(href: string): string;
}

const SLANT = 0.2126;
const LEAST_STRETCH = 0.4;
const MOST_STRETCH = 2.5;

/** A shape moved up by `top`, the sheet's y growing downwards. */
export function operators(shape: Shape, resources: Resources): string {
  switch (shape.kind) {
    case "box": {
      const path = roundedBox(shape.x, shape.y, shape.width, shape.height, shape.radius);
      return painted(path, shape, resources, "normal", false);
    }
    case "path":
      return pathOf(shape, resources);
    case "picture": {
      const at = `${short(shape.width)} 0 0 ${short(-shape.height)} ${short(shape.x)} ${short(shape.y + shape.height)} cm`;
      return `q ${resources.state(shape.opacity, 1, "normal")} ${at} /${resources.picture(shape.href)} Do Q`;
    }
    case "word":
      return wordOf(shape, resources);
  }
}

function pathOf(path: Path, resources: Resources): string {
  return `q ${path.matrix.map(fine).join(" ")} cm ${painted(pathOperators(path.d), path, resources, path.blend, path.evenOdd)} Q`;
}

interface Painted {
  fill: Colour | null;
  stroke: Stroke | null;
}

function painted(
  path: string,
  { fill, stroke }: Painted,
  resources: Resources,
  blend: Blend,
  evenOdd: boolean,
): string {
  if (path === "" || (fill === null && stroke === null)) return "";
  const state = resources.state(fill?.alpha ?? 1, stroke?.colour.alpha ?? 1, blend);
  const paint = fill === null ? "S" : `${stroke === null ? "f" : "B"}${evenOdd ? "*" : ""}`;
  const pen =
    stroke === null
      ? ""
      : `${ink(stroke.colour, "RG")} ${short(stroke.width)} w [${stroke.dash.map(short).join(" ")}] 0 d `;
  return `q ${state} ${fill === null ? "" : `${ink(fill, "rg")} `}${pen}${path} ${paint} Q`;
}

export const ink = ({ hex: code }: Colour, operator: "rg" | "RG"): string =>
  `${[1, 3, 5].map((at) => short(parseInt(code.slice(at, at + 2), 16) / 255)).join(" ")} ${operator}`;

/** A word as wide as on the sheet; the space after it is written too, so that words are copied apart. */
function wordOf(word: Word, resources: Resources): string {
  const { type, width } = word;
  const parts = resources.fonts.shape(word.text, type, word.rtl);
  const natural = parts.reduce((sum, part) => sum + part.width, 0) * type.size;
  const stretch = natural > 0 ? Math.min(MOST_STRETCH, Math.max(LEAST_STRETCH, width / natural)) : 1;
  const [cos, sin] = [Math.cos(word.angle), Math.sin(word.angle)];
  const apart = word.after !== "" && !word.after.startsWith("\n");
  const space = apart ? resources.fonts.shape(" ", type, false) : [];
  let x = 0;
  const drawn = [...parts, ...space].map((part) => {
    const own = set(part, word, x, stretch, resources);
    x += part.width * type.size * stretch;
    return own;
  });
  const body = drawn.join(" ");
  // Right-to-left words are written as they are seen, from left to right, and readers turn them round.
  const plain = word.rtl || parts.every((part) => part.plain);
  const text = `${word.text}${apart ? " " : ""}`;
  const told = plain ? body : `/Span << /ActualText ${unicode(text)} >> BDC ${body} EMC`;
  const turned = `${fine(cos)} ${fine(sin)} ${fine(-sin)} ${fine(cos)} ${short(word.x)} ${short(word.y)} cm`;
  return `q ${resources.state(type.colour.alpha, type.colour.alpha, "normal")} ${turned} ${told} Q`;
}

/** Part of a word, `x` from its beginning. */
function set(part: Shaped, { type }: Word, x: number, stretch: number, resources: Resources): string {
  if (part.font === null) return unknown(part.text, type.size, type.colour, x, stretch, resources);
  const bolder = part.embolden ? `${ink(type.colour, "RG")} ${short(type.size / 36)} w 2 Tr` : "0 Tr";
  const slant = type.italic ? SLANT : 0;
  const at = (dx: number, dy: number): string =>
    `${fine(stretch)} 0 ${fine(slant * stretch)} -1 ${short(x + dx * type.size * stretch)} ${short(-dy * type.size)} Tm`;
  const shown = runs(part.glyphs).map(({ x: dx, y: dy, glyphs }) => `${at(dx, dy)} ${shownGlyphs(glyphs)}`);
  return `BT /${part.font.name} ${short(type.size)} Tf ${ink(type.colour, "rg")} ${bolder} ${shown.join(" ")} ET`;
}

/** Glyphs on the line that follow each other; those that are raised or moved stand by themselves. */
export function runs(glyphs: readonly Placed[]): { x: number; y: number; glyphs: Placed[] }[] {
  const found: { x: number; y: number; glyphs: Placed[] }[] = [];
  let pen = 0;
  let open = false;
  for (const glyph of glyphs) {
    const moved = glyph.x !== 0 || glyph.y !== 0;
    if (open && !moved) found.at(-1)?.glyphs.push(glyph);
    else found.push({ x: pen + glyph.x, y: glyph.y, glyphs: [glyph] });
    open = !moved;
    pen += glyph.advance;
  }
  return found;
}

function shownGlyphs(glyphs: readonly Placed[]): string {
  const codes = glyphs.map(({ id, advance, natural }, at) => {
    const kern = Math.round(1000 * (natural - advance) * 100) / 100;
    return `<${hex(id)}>${kern === 0 || at === glyphs.length - 1 ? "" : kern}`;
  });
  return `[${codes.join("").replaceAll("><", "")}] TJ`;
}

/** A character that no font has: its code point, in a box. */
function unknown(text: string, size: number, colour: Colour, x: number, stretch: number, resources: Resources): string {
  const width = 0.7 * size * stretch;
  const code = (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const half = Math.ceil(code.length / 2);
  const box = `${ink(colour, "RG")} 0.5 w ${short(x + 0.03 * size)} ${short(-0.78 * size)} ${short(width)} ${short(0.88 * size)} re S`;
  const small = 0.3 * size;
  const digits = [code.slice(0, half), code.slice(half)].map((row, line) => {
    const [part] = resources.fonts.shape(row, { size: small, bold: false, italic: false, mono: true, colour }, false);
    if (part?.font == null) return "";
    const fit = Math.min(1, (0.8 * width) / (part.width * small));
    const place = `${fine(fit)} 0 0 -1 ${short(x + 0.12 * size)} ${short((line === 0 ? -0.43 : -0.05) * size)} Tm`;
    return `BT /${part.font.name} ${short(small)} Tf ${ink(colour, "rg")} 0 Tr ${place} ${shownGlyphs(part.glyphs)} ET`;
  });
  return [box, ...digits].join(" ");
}
