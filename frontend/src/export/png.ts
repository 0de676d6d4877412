/** A scene as pixels. */
import type { Colour, Scene, Shape, Stroke, Word } from "./scene";
import { CHAINS } from "./fonts";

/** What browsers draw at most: pixels of one canvas, and of one of its sides. */
const MOST_PIXELS = 120_000_000;
const MOST_SIDE = 16_000;

/** How many times larger than the sheet a picture can be, at most `wanted`. */
export function scaleFor({ width, height }: Pick<Scene, "width" | "height">, wanted: number): number {
  return Math.min(wanted, MOST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
}

export async function toPng(scene: Scene, wanted: number): Promise<Blob> {
  const scale = scaleFor(scene, wanted);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(scene.width * scale);
  canvas.height = Math.round(scene.height * scale);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no pictures");
  context.fillStyle = scene.paper?.hex ?? "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const pictures = await loaded(scene);
  for (const shape of scene.shapes) {
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.globalCompositeOperation = "source-over";
    draw(context, shape, pictures);
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("the picture is too large")) : resolve(blob)),
      "image/png",
    );
  });
}

async function loaded({ shapes }: Scene): Promise<Map<string, HTMLImageElement>> {
  const hrefs = new Set(shapes.flatMap((shape) => (shape.kind === "picture" ? [shape.href] : [])));
  const pictures = new Map<string, HTMLImageElement>();
  for (const href of hrefs) {
    const image = new Image();
    image.src = href;
    await image.decode();
    pictures.set(href, image);
  }
  return pictures;
}

function draw(context: CanvasRenderingContext2D, shape: Shape, pictures: ReadonlyMap<string, HTMLImageElement>): void {
  switch (shape.kind) {
    case "box": {
      const path = new Path2D();
      path.roundRect(shape.x, shape.y, shape.width, shape.height, shape.radius);
      paint(context, path, shape);
      return;
    }
    case "path":
      context.transform(...shape.matrix);
      if (shape.blend !== "normal") context.globalCompositeOperation = shape.blend;
      paint(context, new Path2D(shape.d), shape, shape.evenOdd);
      return;
    case "picture": {
      const image = pictures.get(shape.href);
      context.globalAlpha = shape.opacity;
      if (image) context.drawImage(image, shape.x, shape.y, shape.width, shape.height);
      context.globalAlpha = 1;
      return;
    }
    case "word":
      write(context, shape);
  }
}

interface Painted {
  fill: Colour | null;
  stroke: Stroke | null;
}

function paint(context: CanvasRenderingContext2D, path: Path2D, { fill, stroke }: Painted, evenOdd = false): void {
  if (fill !== null) {
    context.fillStyle = css(fill);
    context.fill(path, evenOdd ? "evenodd" : "nonzero");
  }
  if (stroke === null) return;
  context.strokeStyle = css(stroke.colour);
  context.lineWidth = stroke.width;
  context.setLineDash([...stroke.dash]);
  context.stroke(path);
}

function write(context: CanvasRenderingContext2D, { text, x, y, width, rtl, type, angle }: Word): void {
  const family = type.mono ? CHAINS.mono : CHAINS.sans;
  context.font = `${type.italic ? "italic " : ""}${type.bold ? 600 : 400} ${type.size}px ${family}`;
  context.fillStyle = css(type.colour);
  context.direction = rtl ? "rtl" : "ltr";
  context.textAlign = "left";
  context.translate(x, y);
  context.rotate(angle);
  const own = context.measureText(text).width;
  if (own > 0) context.scale(width / own, 1);
  context.fillText(text, 0, 0);
}

const css = ({ hex, alpha }: Colour): string =>
  alpha === 1
    ? hex
    : `${hex}${Math.round(alpha * 255)
        .toString(16)
        .padStart(2, "0")}`;
