/** The shapes of an SVG on the sheet, with the styles that the browser computed. */
import { colourOf } from "./colours";
import { hatching, type Frame } from "./read-boxes";
import { riseOf, typeOf } from "./read-text";
import { short, type Blend, type Matrix, type Path, type Shape, type Stroke, type Word } from "./scene";

const NOT_DRAWN = new Set([
  "defs",
  "pattern",
  "clipPath",
  "mask",
  "symbol",
  "marker",
  "linearGradient",
  "style",
  "title",
]);

export function readSvg(root: SVGElement, origin: DOMRect, opacity: number): Shape[] {
  const shapes: Shape[] = [];
  visit(root, opacity);
  return shapes;

  function visit(element: SVGElement, above: number): void {
    if (NOT_DRAWN.has(element.tagName)) return;
    const style = getComputedStyle(element);
    if (style.display === "none") return;
    const own = above * Number(style.opacity || 1);
    if (style.visibility !== "hidden" && own > 0.004) {
      if (element instanceof SVGTextContentElement) shapes.push(...wordsIn(element, style, origin, own));
      else if (element instanceof SVGGeometryElement) shapes.push(...shapesOf(element, style, origin, own));
    }
    for (const child of element.children) if (child instanceof SVGElement) visit(child, own);
  }
}

function shapesOf(element: SVGGeometryElement, style: CSSStyleDeclaration, origin: DOMRect, opacity: number): Shape[] {
  const matrix = matrixOf(element, origin);
  const d = pathOf(element);
  if (matrix === null || d === "") return [];
  const open = element.tagName === "line";
  const fill = open ? null : colourOf(style.fill, Number(style.fillOpacity || 1) * opacity);
  const stroke = strokeOf(element, style, matrix, opacity);
  const shape: Path = {
    kind: "path",
    d,
    matrix,
    fill,
    evenOdd: style.fillRule === "evenodd",
    stroke,
    blend: blendOf(style),
  };
  const hatched = style.fill.startsWith("url(") ? hatchedOf(element, origin) : [];
  return fill === null && stroke === null ? hatched : [...hatched, shape];
}

export const blendOf = ({ mixBlendMode: mode }: CSSStyleDeclaration): Blend =>
  ["multiply", "screen", "overlay", "darken", "lighten"].includes(mode) ? (mode as Blend) : "normal";

/** A pattern is a hatching: there is no other. */
function hatchedOf(element: SVGGeometryElement, origin: DOMRect): Path[] {
  const { left, top, width, height } = element.getBoundingClientRect();
  const colour = colourOf(getComputedStyle(element).getPropertyValue("--muted").trim());
  const frame: Frame = { x: left - origin.left, y: top - origin.top, width, height };
  return colour === null ? [] : [{ ...hatching(frame, colour, 4) }];
}

function strokeOf(
  element: SVGGeometryElement,
  style: CSSStyleDeclaration,
  matrix: Matrix,
  opacity: number,
): Stroke | null {
  const colour = colourOf(style.stroke, Number(style.strokeOpacity || 1) * opacity);
  const fixed = style.vectorEffect === "non-scaling-stroke" ? 1 / scaleOf(matrix) : 1;
  const width = (parseFloat(style.strokeWidth) || 0) * fixed;
  if (colour === null || width === 0) return null;
  // Dashes may be shares of a length that the element tells.
  const length = element.hasAttribute("pathLength") ? element.pathLength.baseVal : 0;
  const told = length > 0 ? element.getTotalLength() / length : 1;
  const dash =
    style.strokeDasharray === "none"
      ? []
      : style.strokeDasharray.split(/[\s,]+/).map((part) => parseFloat(part) * fixed * told);
  return { colour, width, dash: dash.filter((part) => part >= 0) };
}

export const scaleOf = ([a, b, c, d]: Matrix): number => Math.sqrt(Math.abs(a * d - b * c)) || 1;

function matrixOf(element: SVGGraphicsElement, { left, top }: DOMRect): Matrix | null {
  const ctm = element.getScreenCTM();
  return ctm === null ? null : [ctm.a, ctm.b, ctm.c, ctm.d, ctm.e - left, ctm.f - top];
}

function pathOf(element: SVGGeometryElement): string {
  if (element instanceof SVGPathElement) return element.getAttribute("d") ?? "";
  if (element instanceof SVGRectElement) return rectPath(element);
  if (element instanceof SVGLineElement) {
    return `M${lengthOf(element.x1)} ${lengthOf(element.y1)}L${lengthOf(element.x2)} ${lengthOf(element.y2)}`;
  }
  if (element instanceof SVGCircleElement) return ellipse(element.cx, element.cy, element.r, element.r);
  if (element instanceof SVGEllipseElement) return ellipse(element.cx, element.cy, element.rx, element.ry);
  if (element instanceof SVGPolylineElement || element instanceof SVGPolygonElement) {
    const points = Array.from(element.points, ({ x, y }) => `${short(x)} ${short(y)}`);
    return points.length === 0 ? "" : `M${points.join("L")}${element instanceof SVGPolygonElement ? "Z" : ""}`;
  }
  return "";
}

const lengthOf = (length: SVGAnimatedLength): number => length.baseVal.value;

function rectPath(element: SVGRectElement): string {
  const [x, y, width, height] = [element.x, element.y, element.width, element.height].map(lengthOf) as [
    number,
    number,
    number,
    number,
  ];
  if (width <= 0 || height <= 0) return "";
  const r = Math.min(Math.max(lengthOf(element.rx), lengthOf(element.ry)), width / 2, height / 2);
  if (!(r > 0)) return `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  const arc = (dx: number, dy: number): string => `a${short(r)} ${short(r)} 0 0 1 ${short(dx)} ${short(dy)}`;
  const [wide, high] = [short(width - 2 * r), short(height - 2 * r)];
  return `M${short(x + r)} ${short(y)}h${wide}${arc(r, r)}v${high}${arc(-r, r)}h-${wide}${arc(-r, -r)}v-${high}${arc(r, -r)}Z`;
}

function ellipse(cx: SVGAnimatedLength, cy: SVGAnimatedLength, rx: SVGAnimatedLength, ry: SVGAnimatedLength): string {
  const [x, y, a, b] = [cx, cy, rx, ry].map(lengthOf) as [number, number, number, number];
  if (a <= 0 || b <= 0) return "";
  const half = (dx: number): string => `a${short(a)} ${short(b)} 0 0 1 ${short(dx)} 0`;
  return `M${short(x - a)} ${short(y)}${half(2 * a)}${half(-2 * a)}Z`;
}

/** The text of an element that holds no other: turned as it is drawn. */
function wordsIn(element: SVGTextContentElement, style: CSSStyleDeclaration, origin: DOMRect, opacity: number): Word[] {
  const text = Array.from(element.childNodes, (node) => (node instanceof Text ? node.data : "")).join("");
  const matrix = matrixOf(element, origin);
  const colour = colourOf(style.fill, Number(style.fillOpacity || 1) * opacity);
  const type = typeOf(style, opacity);
  const count = element.getNumberOfChars();
  if (text.trim() === "" || matrix === null || colour === null || type === null || count === 0) return [];
  const first = element.children.length === 0 ? 0 : Math.max(0, element.textContent.indexOf(text));
  const from = element.getStartPositionOfChar(Math.min(first, count - 1));
  const to = element.getEndPositionOfChar(Math.min(first + text.length, count) - 1);
  // A text may hang from its middle or top: what is seen of it tells where it stands.
  const { y, height } = element.getExtentOfChar(Math.min(first, count - 1));
  const low = y + height * riseOf(style) - from.y;
  const [start, end] = [from, to].map((point) => apply(matrix, new DOMPoint(point.x, point.y + low))) as [Place, Place];
  const rtl = end[0] < start[0] && Math.abs(matrix[1]) < 0.01;
  const size = type.size * scaleOf(matrix);
  const [left, right] = rtl ? [end, start] : [start, end];
  const angle = Math.atan2(right[1] - left[1], right[0] - left[0]);
  const width = Math.hypot(right[0] - left[0], right[1] - left[1]);
  const place = { x: left[0], y: left[1], width, rtl, angle: Math.abs(angle) < 1e-3 ? 0 : angle };
  return [
    { kind: "word", text: text.replace(/\s+/g, " ").trim(), after: "\n", ...place, type: { ...type, size, colour } },
  ];
}

type Place = [x: number, y: number];

const apply = ([a, b, c, d, e, f]: Matrix, { x, y }: DOMPoint): Place => [a * x + c * y + e, b * x + d * y + f];
