/** From what a browser has laid out to a scene: whatever a panel draws, and with whichever marks, is exported as it is seen. */
import { colourOf } from "./colours";
import { boxesOf, dashOf, line, type Frame } from "./read-boxes";
import { readSvg } from "./read-svg";
import { TextReader, typeOf } from "./read-text";
import { short, type Colour, type Picture, type Scene, type Shape } from "./scene";

/** Pictures smaller than this are enlarged without being smoothed [px]. */
const SHARP = 512;
const MARGIN = 1;

export interface ReadAs {
  title: string;
  paper: Colour | null;
}

export function readScene(root: HTMLElement, { title, paper }: ReadAs): Scene {
  const origin = root.getBoundingClientRect();
  const text = new TextReader(origin);
  const shapes: Shape[] = [];
  visit(root, root, 1);
  const drawn: Shape[] = [...shapes, ...text.words.filter((word) => word.text !== "")];
  const right = Math.max(origin.width, ...drawn.map((shape) => (shape.kind === "path" ? 0 : shape.x + shape.width)));
  return { title, width: Math.ceil(right) + MARGIN, height: Math.ceil(origin.height) + MARGIN, paper, shapes: drawn };

  function visit(element: Element, block: Element, above: number): void {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.clipPath === "inset(50%)") return;
    const opacity = above * Number(style.opacity || 1);
    if (opacity < 0.004) return;
    if (element instanceof SVGElement) {
      for (const shape of readSvg(element, origin, above)) {
        if (shape.kind === "word") text.words.push(shape);
        else shapes.push(shape);
      }
      return;
    }
    const inline = style.display === "inline" || style.display === "contents";
    if (style.visibility !== "hidden") {
      shapes.push(...boxesOf(style, framesOf(element, origin), opacity));
      if (element instanceof HTMLImageElement) shapes.push(...pictureOf(element, style, origin, opacity));
      if (element instanceof HTMLCanvasElement) shapes.push(...canvasOf(element, origin, opacity));
    }
    const type = style.visibility === "hidden" ? null : typeOf(style, opacity);
    for (const child of childrenOf(element)) {
      const own = inline || style.display === "inline-block" ? block : element;
      if (child instanceof Element) visit(child, own, opacity);
      else if (child instanceof Text && type !== null) {
        const frames = text.read(child, style, own, type);
        shapes.push(...lines(element, style, frames, opacity));
      }
    }
  }
}

/** What is drawn inside of an element: the children of its shadow, or what is put into its slot. */
export function childrenOf(element: Element): Node[] {
  if (element.shadowRoot !== null) return [...element.shadowRoot.childNodes];
  if (element instanceof HTMLSlotElement && element.assignedNodes().length > 0) return element.assignedNodes();
  return [...element.childNodes];
}

const framesOf = (element: Element, { left, top }: DOMRect): Frame[] =>
  Array.from(element.getClientRects(), (rect) => ({
    ...{ x: rect.left - left, y: rect.top - top, width: rect.width, height: rect.height },
  }));

/** Underlines, waves and what strikes text out. */
function lines(element: Element, own: CSSStyleDeclaration, frames: readonly Frame[], opacity: number): Shape[] {
  const style = decorating(element, own);
  if (style === null) return [];
  const colour = colourOf(style.textDecorationColor, opacity);
  const size = parseFloat(own.fontSize);
  const width = parseFloat(style.textDecorationThickness) || Math.max(1, size / 16);
  const pen = { colour, width, dash: dashOf(style.textDecorationStyle, width) };
  return frames.flatMap((frame) => {
    const struck = style.textDecorationLine.includes("line-through");
    const low = parseFloat(style.textUnderlineOffset) || 0.12 * size;
    const y = struck ? frame.y + 0.58 * frame.height : frame.y + 0.785 * frame.height + low;
    const wave = style.textDecorationStyle === "wavy";
    return line(pen, wave ? waves(frame, y, 2 * width) : `M${short(frame.x)} ${short(y)}h${short(frame.width)}`);
  });
}

/** The nearest element around text that draws a line along it. */
function decorating(element: Element, style: CSSStyleDeclaration): CSSStyleDeclaration | null {
  if (style.textDecorationLine !== "none") return style;
  if (style.display !== "inline" || element.parentElement === null) return null;
  const above = getComputedStyle(element.parentElement);
  return above.textDecorationLine === "none" ? null : above;
}

function waves({ x, width }: Frame, y: number, size: number): string {
  const count = Math.max(1, Math.round(width / (2 * size)));
  const half = short(width / (2 * count));
  const wave = `q${short(width / (4 * count))} ${short(-size)} ${half} 0q${short(width / (4 * count))} ${short(size)} ${half} 0`;
  return `M${short(x)} ${short(y)}${wave.repeat(count)}`;
}

/** As PNG, with the filter that the page puts on it. */
function pictureOf(image: HTMLImageElement, style: CSSStyleDeclaration, origin: DOMRect, opacity: number): Picture[] {
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!image.complete || width === 0) return [];
  const larger = style.imageRendering === "pixelated" ? Math.max(1, Math.floor(SHARP / width)) : 1;
  const canvas = document.createElement("canvas");
  canvas.width = width * larger;
  canvas.height = height * larger;
  const context = canvas.getContext("2d");
  if (context === null) return [];
  context.imageSmoothingEnabled = larger === 1;
  context.filter = style.filter === "none" ? "none" : style.filter;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return [{ kind: "picture", ...inside(image, style, origin), href: canvas.toDataURL("image/png"), opacity }];
}

/** Where the picture itself lies when its shape is not that of its element. */
function inside(image: HTMLImageElement, style: CSSStyleDeclaration, origin: DOMRect): Frame {
  const { left, top, width, height } = image.getBoundingClientRect();
  const frame = { x: left - origin.left, y: top - origin.top, width, height };
  if (style.objectFit !== "contain") return frame;
  const scale = Math.min(width / image.naturalWidth, height / image.naturalHeight);
  const own = { width: image.naturalWidth * scale, height: image.naturalHeight * scale };
  return { ...own, x: frame.x + (width - own.width) / 2, y: frame.y + (height - own.height) / 2 };
}

function canvasOf(canvas: HTMLCanvasElement, origin: DOMRect, opacity: number): Picture[] {
  const [frame] = framesOf(canvas, origin);
  if (frame === undefined || canvas.width === 0 || canvas.height === 0) return [];
  return [{ kind: "picture", ...frame, href: canvas.toDataURL("image/png"), opacity }];
}
