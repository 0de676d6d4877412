/** A scene as PDF: vector shapes, and text that can be selected, searched and read aloud. */
import type { TypeSet } from "../fonts";
import { extentOf, fine, short, type Blend, type Scene, type Shape, type Word } from "../scene";
import { ink, operators, type Resources } from "./content";
import { PdfFile, unicode } from "./file";
import { PdfFonts } from "./fonts";
import { cuts } from "./pages";
import { picture } from "./pictures";

const POINTS = 72 / 25.4;

export interface PdfOptions {
  /** Width on paper [mm]. */
  mm: number;
  type: TypeSet;
  /** Language of the interface, as BCP 47. */
  language: string;
  /** The height of a page, when the sheet is longer [mm]. */
  page?: number;
}

export async function toPdf(scene: Scene, { mm, type, language, page = 250 }: PdfOptions): Promise<Blob> {
  const file = new PdfFile();
  const scale = (mm * POINTS) / scene.width;
  const resources = new PageResources(file, new PdfFonts(type, file));
  const pages = file.reserve();
  const named = file.reserve();
  const edges = cuts(scene, (page * POINTS) / scale);
  const numbers: number[] = [];
  for (const [index, top] of edges.slice(0, -1).entries()) {
    const bottom = edges[index + 1] ?? scene.height;
    const size = [scene.width, bottom - top].map((length) => short(length * scale));
    const content = await file.stream(pageContent(scene, top, bottom, scale, resources));
    numbers.push(
      file.object(
        `<< /Type /Page /Parent ${pages} 0 R /MediaBox [0 0 ${size.join(" ")}] /Resources ${named} 0 R /Contents ${content} 0 R >>`,
      ),
    );
  }
  await resources.write(named);
  file.object(
    `<< /Type /Pages /Kids [${numbers.map((number) => `${number} 0 R`).join(" ")}] /Count ${numbers.length} >>`,
    pages,
  );
  const root = file.object(
    `<< /Type /Catalog /Pages ${pages} 0 R /Lang (${language}) /ViewerPreferences << /DisplayDocTitle true >> >>`,
  );
  return file.finish(root, file.object(`<< /Title ${unicode(scene.title)} /Creator (Tessera) >>`));
}

function pageContent(scene: Scene, top: number, bottom: number, scale: number, resources: Resources): string {
  const height = bottom - top;
  const whole = top === 0 && bottom === scene.height;
  const here = (shape: Shape): boolean => {
    const extent = extentOf(shape);
    return whole || extent === null || (extent[1] > top && extent[0] < bottom);
  };
  const paper =
    scene.paper === null ? "" : `${ink(scene.paper, "rg")} 0 ${short(top)} ${short(scene.width)} ${short(height)} re f`;
  const clip = `0 ${short(top)} ${short(scene.width)} ${short(height)} re W n`;
  // A word belongs to the page that its baseline is on: it is read once.
  const drawn = seen(scene.shapes).filter((shape) =>
    shape.kind === "word" ? shape.y > top && shape.y <= bottom : here(shape),
  );
  const matrix = `${fine(scale)} 0 0 ${fine(-scale)} 0 ${short(bottom * scale)} cm`;
  return [matrix, clip, paper, ...drawn.map((shape) => operators(shape, resources))]
    .filter((part) => part !== "")
    .join("\n");
}

/** Words that run to the left one after the other, in the order in which they are seen from the left. */
function seen(shapes: readonly Shape[]): Shape[] {
  const ordered: Shape[] = [];
  let run: Word[] = [];
  const flush = (): void => {
    ordered.push(...run.reverse().map((word) => ({ ...word, after: " " })));
    run = [];
  };
  for (const shape of shapes) {
    const [first] = run;
    const follows = shape.kind === "word" && shape.rtl && (first === undefined || Math.abs(first.y - shape.y) < 1);
    if (!follows) flush();
    if (shape.kind === "word" && shape.rtl) run.push(shape);
    else ordered.push(shape);
  }
  flush();
  return ordered;
}

/** What the operators of all pages refer to by name. */
class PageResources implements Resources {
  private readonly states = new Map<string, string>();
  private readonly pictures = new Map<string, string>();

  constructor(
    private readonly file: PdfFile,
    readonly fonts: PdfFonts,
  ) {}

  state(fill: number, stroke: number, blend: Blend): string {
    if (fill === 1 && stroke === 1 && blend === "normal") return "";
    const mode = `${blend[0]?.toUpperCase() ?? ""}${blend.slice(1)}`;
    const entry = `<< /ca ${short(fill)} /CA ${short(stroke)} /BM /${mode} >>`;
    const name = this.states.get(entry) ?? `G${this.states.size}`;
    this.states.set(entry, name);
    return `/${name} gs`;
  }

  picture(href: string): string {
    const name = this.pictures.get(href) ?? `P${this.pictures.size}`;
    this.pictures.set(href, name);
    return name;
  }

  async write(number: number): Promise<void> {
    for (const font of this.fonts.all) await font.write(this.file);
    const fonts = this.fonts.all.map((font) => `/${font.name} ${font.number} 0 R`);
    const states = [...this.states].map(([entry, name]) => `/${name} ${entry}`);
    const pictures: string[] = [];
    for (const [href, name] of this.pictures) pictures.push(`/${name} ${await picture(href, this.file)} 0 R`);
    this.file.object(
      `<< /Font << ${fonts.join(" ")} >> /ExtGState << ${states.join(" ")} >> /XObject << ${pictures.join(" ")} >> >>`,
      number,
    );
  }
}
