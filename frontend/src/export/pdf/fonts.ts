/** Fonts of a PDF: words are shaped by the font's own rules, and the file carries the glyphs that they use. */
import { create, type Font, type Glyph } from "fontkit";

import { graphemesOf, type TypeSet, type UsedFont } from "../fonts";
import type { Type } from "../scene";
import { utf16, type PdfFile } from "./file";
import { trueType } from "./truetype";

/** A glyph of a word: its number in the file's font, and where it stands [em]. */
export interface Placed {
  id: number;
  advance: number;
  /** What the font says of its width, where that differs from how far the pen moves. */
  natural: number;
  x: number;
  y: number;
}

/** Part of a word that one font draws, from left to right; null: no font does. */
export interface Shaped {
  font: PdfFont | null;
  text: string;
  glyphs: readonly Placed[];
  /** [em] */
  width: number;
  /** The boldness that the font itself lacks. */
  embolden: boolean;
  /** Whether each glyph is one character, in their order: a reader then needs no telling. */
  plain: boolean;
}

export class PdfFont {
  readonly number: number;
  /** The glyphs of the file's font by their number there, the unknown one first. */
  private readonly glyphs: Glyph[];
  /** By a glyph's number in the whole font, that in the file's. */
  private readonly numbers = new Map<number, number>();
  private readonly shaped = new Map<string, Omit<Shaped, "font" | "embolden">>();

  constructor(
    private readonly font: Font,
    readonly index: number,
    file: PdfFile,
  ) {
    this.glyphs = [font.getGlyph(0)];
    this.numbers.set(0, 0);
    this.number = file.reserve();
  }

  get name(): string {
    return `F${this.index}`;
  }

  shape(text: string, rtl: boolean): Omit<Shaped, "font" | "embolden"> {
    const known = this.shaped.get(`${rtl}${text}`);
    if (known) return known;
    const em = this.font.unitsPerEm;
    const run = this.font.layout(text, { liga: false, clig: false }, undefined, undefined, rtl ? "rtl" : "ltr");
    const glyphs = run.glyphs.map((glyph, at): Placed => {
      const { xAdvance = 0, xOffset = 0, yOffset = 0 } = run.positions[at] ?? {};
      return {
        ...{ id: this.include(glyph), advance: xAdvance / em, natural: glyph.advanceWidth / em },
        ...{ x: xOffset / em, y: yOffset / em },
      };
    });
    const width = glyphs.reduce((sum, { advance }) => sum + advance, 0);
    const plain = !rtl && run.glyphs.map(({ codePoints }) => String.fromCodePoint(...codePoints)).join("") === text;
    const shaped = {
      text,
      glyphs,
      width,
      plain: plain && run.glyphs.every(({ codePoints }) => codePoints.length === 1),
    };
    this.shaped.set(`${rtl}${text}`, shaped);
    return shaped;
  }

  private include(glyph: Glyph): number {
    const known = this.numbers.get(glyph.id);
    if (known !== undefined) return known;
    this.numbers.set(glyph.id, this.glyphs.length);
    return this.glyphs.push(glyph) - 1;
  }

  /** Writes the font as it is used by now (ISO 32000-1, 9.7: a composite font whose codes are glyphs). */
  async write(file: PdfFile): Promise<void> {
    const { font } = this;
    const per = 1000 / font.unitsPerEm;
    const tag = Array.from({ length: 6 }, (_, at) =>
      String.fromCharCode(65 + (Math.floor(this.index / 26 ** at) % 26)),
    ).join("");
    const name = `${tag}+${font.postscriptName.replace(/[^\w-]/g, "")}`;
    const outlines = this.glyphs.map(({ path, advanceWidth: advance }) => ({ commands: path.commands, advance }));
    const data = trueType(outlines, font);
    const program = await file.stream(data, `/Length1 ${data.length}`);
    const box = [font.bbox.minX, font.bbox.minY, font.bbox.maxX, font.bbox.maxY].map((edge) => Math.round(edge * per));
    const descriptor = file.object(
      `<< /Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [${box.join(" ")}] /ItalicAngle 0 ` +
        `/Ascent ${Math.round(font.ascent * per)} /Descent ${Math.round(font.descent * per)} ` +
        `/CapHeight ${Math.round((font.capHeight || font.ascent) * per)} /StemV 80 /FontFile2 ${program} 0 R >>`,
    );
    const widths = this.glyphs.map(({ advanceWidth }) => Math.round(advanceWidth * per * 100) / 100).join(" ");
    const descendant = file.object(
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDToGIDMap /Identity /DW 1000 /W [0 [${widths}]] ` +
        `/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${descriptor} 0 R >>`,
    );
    const characters = await file.stream(this.characters());
    file.object(
      `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H ` +
        `/DescendantFonts [${descendant} 0 R] /ToUnicode ${characters} 0 R >>`,
      this.number,
    );
  }

  /** What each glyph stands for, for those who search and copy. */
  private characters(): string {
    const lines = this.glyphs.flatMap(({ codePoints }, id) =>
      id === 0 || codePoints.length === 0 ? [] : [`<${hex(id)}> <${utf16(String.fromCodePoint(...codePoints))}>`],
    );
    const blocks: string[] = [];
    for (let at = 0; at < lines.length; at += 100) {
      const block = lines.slice(at, at + 100);
      blocks.push(`${block.length} beginbfchar\n${block.join("\n")}\nendbfchar`);
    }
    return [
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap",
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def",
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange",
      ...blocks,
      "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend",
    ].join("\n");
  }
}

export const hex = (id: number): string => id.toString(16).padStart(4, "0").toUpperCase();

/** All fonts of a file, opened when a word first needs them. */
export class PdfFonts {
  private readonly opened = new Map<UsedFont, PdfFont>();

  constructor(
    private readonly type: TypeSet,
    private readonly file: PdfFile,
  ) {}

  get all(): PdfFont[] {
    return [...this.opened.values()];
  }

  /** The parts of a word from left to right. */
  shape(text: string, { bold, mono }: Type, rtl: boolean): Shaped[] {
    const runs: { font: UsedFont | null; text: string }[] = [];
    for (const grapheme of graphemesOf(text)) {
      const font = this.type.fontOf(grapheme, mono ? "mono" : "sans", bold);
      const last = runs.at(-1);
      if (last?.font === font && font !== null) last.text += grapheme;
      else runs.push({ font, text: grapheme });
    }
    const shaped = runs.map(({ font, text: own }): Shaped => {
      if (font === null) return { font: null, text: own, glyphs: [], width: 0.75, embolden: false, plain: false };
      const opened = this.open(font);
      return { font: opened, ...opened.shape(own, rtl), embolden: bold && font.weight === 400 };
    });
    return rtl ? shaped.reverse() : shaped;
  }

  private open(font: UsedFont): PdfFont {
    const known = this.opened.get(font);
    if (known) return known;
    const opened = new PdfFont(fontIn(font.data), this.opened.size + 1, this.file);
    this.opened.set(font, opened);
    return opened;
  }
}

/** The first font of a file. */
function fontIn(data: ArrayBuffer): Font {
  const opened = create(new Uint8Array(data) as Buffer);
  return "fonts" in opened ? ((opened.fonts[0] ?? opened) as Font) : opened;
}
