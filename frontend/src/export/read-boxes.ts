/** What CSS draws of an element: ground, borders, outline, shadows inside it, hatching, and lines along its text. */
import { fromHex, mix, toHex } from "../theme/oklab";
import { colourOf } from "./colours";
import { IDENTITY, short, type Box, type Colour, type Path, type Shape } from "./scene";

export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

const STEPS = 60;
const HATCH = 5;

export function boxesOf(style: CSSStyleDeclaration, frames: readonly Frame[], opacity: number): Shape[] {
  const seen = frames.filter(({ width, height }) => width > 0 && height > 0);
  return seen.flatMap((frame, index) => [
    ...ground(style, frame, opacity),
    ...images(style.backgroundImage, style, frame, opacity),
    ...shadows(style.boxShadow, frame, opacity),
    ...borders(style, frame, opacity, index === 0, index === seen.length - 1),
    ...outline(style, frame, opacity),
  ]);
}

const plain = (frame: Frame, fill: Colour): Box => ({ kind: "box", ...frame, radius: 0, fill, stroke: null });

function ground(style: CSSStyleDeclaration, frame: Frame, opacity: number): Box[] {
  const fill = colourOf(style.backgroundColor, opacity);
  if (fill === null) return [];
  return [{ ...plain(frame, fill), radius: radiusOf(style, frame) }];
}

const radiusOf = ({ borderTopLeftRadius: radius }: CSSStyleDeclaration, { width, height }: Frame): number =>
  Math.min(radius.endsWith("%") ? (parseFloat(radius) / 100) * width : parseFloat(radius) || 0, width / 2, height / 2);

/** Layers of gradients, the last at the bottom: hatching, scales of a legend, bars of one colour. */
function images(css: string, style: CSSStyleDeclaration, frame: Frame, opacity: number): Shape[] {
  if (css === "none" || css === "") return [];
  const sizes = split(style.backgroundSize);
  const places = split(style.backgroundPosition);
  return split(css)
    .map((layer, index) => {
      const part = placed(frame, sizes[index % sizes.length] ?? "auto", places[index % places.length] ?? "0% 0%");
      return part.width <= 0 || part.height <= 0 ? [] : image(layer, part, opacity);
    })
    .reverse()
    .flat();
}

function image(layer: string, frame: Frame, opacity: number): Shape[] {
  const [, name = "", inside = ""] = /^([\w-]+)\((.*)\)$/s.exec(layer) ?? [];
  const stops = split(inside).flatMap((stop) => {
    const colour = colourOf(stop.replace(/(\s-?[\d.]+(px|%))+$/, ""), opacity);
    const [, at] = /\s(-?[\d.]+)%$/.exec(stop) ?? [];
    return colour === null ? [] : [{ colour, at: at === undefined ? null : Number(at) / 100 }];
  });
  const [first] = stops;
  if (first === undefined) return [];
  if (name.startsWith("repeating")) return [hatching(frame, first.colour)];
  if (stops.every(({ colour }) => colour.hex === first.colour.hex)) return [plain(frame, first.colour)];
  return steps(frame, stops);
}

interface Stop {
  colour: Colour;
  /** Share of the way; null: evenly between its neighbours. */
  at: number | null;
}

/** A scale in steps mixed in OKLab, which every viewer shows alike. */
function steps(frame: Frame, stops: readonly Stop[]): Box[] {
  const places = stops.map(({ colour, at }, index) => ({
    ...{ lab: fromHex(colour.hex), alpha: colour.alpha, at: at ?? index / (stops.length - 1) },
  }));
  return Array.from({ length: STEPS }, (_, step) => {
    const at = (step + 0.5) / STEPS;
    const after = places.findIndex((place) => place.at >= at);
    const to = places[after === -1 ? places.length - 1 : after];
    const from = places[Math.max(0, (after === -1 ? places.length : after) - 1)];
    const share = from && to && to.at > from.at ? (at - from.at) / (to.at - from.at) : 0;
    const x = frame.x + (frame.width * step) / STEPS;
    // Each goes on below those that follow, so that no seam shows between two.
    const width = frame.x + frame.width - x;
    const hex = from && to ? toHex(mix(from.lab, to.lab, Math.min(1, Math.max(0, share)))) : "#ffffff";
    return plain({ ...frame, x, width }, { hex, alpha: from?.alpha ?? 1 });
  });
}

/** Lines that fall to the left, as `repeating-linear-gradient(135deg, … 1px, transparent 1px 5px)` draws them. */
export function hatching({ x, y, width, height }: Frame, colour: Colour, gap = HATCH): Path {
  const lines: string[] = [];
  const step = gap * Math.SQRT2;
  for (let at = step / 2; at < width + height; at += step) {
    const [left, low] = at > height ? [at - height, height] : [0, at];
    const [right, high] = at > width ? [width, at - width] : [at, 0];
    lines.push(`M${short(x + left)} ${short(y + low)}L${short(x + right)} ${short(y + high)}`);
  }
  const stroke = { colour, width: 1, dash: [] };
  return { kind: "path", d: lines.join(""), matrix: IDENTITY, fill: null, evenOdd: false, stroke, blend: "normal" };
}

/** A shadow inside that is moved along one axis is a bar at one edge. */
function shadows(css: string, frame: Frame, opacity: number): Box[] {
  if (css === "none" || css === "") return [];
  return split(css).flatMap((shadow) => {
    const lengths = Array.from(shadow.matchAll(/(-?[\d.]+)px/g), ([, length]) => Number(length));
    const colour = colourOf(shadow.replace(/(-?[\d.]+px|inset)\s*/g, "").trim(), opacity);
    const [right = 0, down = 0, blur = 0, spread = 0] = lengths;
    if (colour === null || !shadow.includes("inset") || blur !== 0) return [];
    return edges(frame, right, down, spread).map((edge) => plain(edge, colour));
  });
}

function edges({ x, y, width, height }: Frame, right: number, down: number, spread: number): Frame[] {
  const all = spread > 0 && right === 0 && down === 0;
  const thick = (moved: number): number => Math.max(0, (all ? 0 : moved) + spread);
  const [top, bottom, left, end] = [thick(down), thick(-down), thick(right), thick(-right)];
  return [
    { x, y, width, height: top },
    { x, y: y + height - bottom, width, height: bottom },
    { x, y, width: left, height },
    { x: x + width - end, y, width: end, height },
  ].filter((edge) => edge.width > 0 && edge.height > 0);
}

function borders(style: CSSStyleDeclaration, frame: Frame, opacity: number, first: boolean, last: boolean): Shape[] {
  const { x, y, width, height } = frame;
  const side = (
    name: "Top" | "Right" | "Bottom" | "Left",
  ): { colour: Colour | null; width: number; dash: number[] } => {
    const kind = style[`border${name}Style`];
    const thick = kind === "none" || kind === "hidden" ? 0 : parseFloat(style[`border${name}Width`]) || 0;
    return {
      colour: thick > 0 ? colourOf(style[`border${name}Color`], opacity) : null,
      ...{ width: thick, dash: dashOf(kind, thick) },
    };
  };
  const [top, right, bottom, left] = [side("Top"), side("Right"), side("Bottom"), side("Left")];
  const same = [top, right, bottom, left].every((one) => one.colour !== null && one.width === top.width);
  if (same && first && last && top.colour !== null) return [ringed(frame, top, radiusOf(style, frame), -top.width / 2)];
  const drawn = [
    line(top, `M${short(x)} ${short(y + top.width / 2)}h${short(width)}`),
    line(bottom, `M${short(x)} ${short(y + height - bottom.width / 2)}h${short(width)}`),
    first ? line(left, `M${short(x + left.width / 2)} ${short(y)}v${short(height)}`) : [],
    last ? line(right, `M${short(x + width - right.width / 2)} ${short(y)}v${short(height)}`) : [],
  ];
  return drawn.flat();
}

function outline(style: CSSStyleDeclaration, frame: Frame, opacity: number): Box[] {
  const width = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth) || 0;
  const colour = width > 0 ? colourOf(style.outlineColor, opacity) : null;
  if (colour === null) return [];
  const pen = { colour, width, dash: dashOf(style.outlineStyle, width) };
  return [ringed(frame, pen, radiusOf(style, frame), (parseFloat(style.outlineOffset) || 0) + width / 2)];
}

interface Pen {
  colour: Colour | null;
  width: number;
  dash: number[];
}

function ringed({ x, y, width, height }: Frame, { colour, ...pen }: Pen, radius: number, out: number): Box {
  const stroke = colour === null ? null : { colour, ...pen };
  const frame = { x: x - out, y: y - out, width: Math.max(0, width + 2 * out), height: Math.max(0, height + 2 * out) };
  return { kind: "box", ...frame, radius: Math.max(0, radius), fill: null, stroke };
}

export function line({ colour, width, dash }: Pen, d: string): Path[] {
  if (colour === null || width === 0) return [];
  const stroke = { colour, width, dash };
  return [{ kind: "path", d, matrix: IDENTITY, fill: null, evenOdd: false, stroke, blend: "normal" }];
}

export const dashOf = (kind: string, width: number): number[] =>
  kind === "dotted" ? [width, width] : kind === "dashed" ? [3 * width, 2 * width] : [];

/** Where a layer of a background lies, as `background-size` and `background-position` say. */
function placed({ x, y, width, height }: Frame, size: string, position: string): Frame {
  const [wide = "auto", high = "auto"] = size.split(" ");
  const length = (css: string, whole: number): number =>
    css === "auto" ? whole : css.endsWith("%") ? (parseFloat(css) / 100) * whole : parseFloat(css) || 0;
  const own = { width: length(wide, width), height: length(high, height) };
  const [right = "0%", down = "0%"] = position.split(" ");
  const at = (css: string, room: number): number =>
    css.endsWith("%") ? (parseFloat(css) / 100) * room : parseFloat(css) || 0;
  return { ...own, x: x + at(right, width - own.width), y: y + at(down, height - own.height) };
}

/** A list of CSS cut at its outer commas. */
export function split(css: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of css) {
    depth += char === "(" ? 1 : char === ")" ? -1 : 0;
    if (char === "," && depth === 0) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${char}`);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
