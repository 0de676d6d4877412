/** The words of a text node, each where the browser put it; words that go on in the next node stay whole. */
import { colourOf } from "./colours";
import { graphemesOf } from "./fonts";
import type { Frame } from "./read-boxes";
import type { Type, Word } from "./scene";

const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const LTR = /\p{L}/u;
/** Less than this apart [px], words touch. */
const TOUCH = 0.6;

const canvas = (): CanvasRenderingContext2D | null => document.createElement("canvas").getContext("2d");
let measuring: CanvasRenderingContext2D | null = null;
const rises = new Map<string, number>();

export function typeOf(style: CSSStyleDeclaration, opacity: number): Type | null {
  const colour = colourOf(style.color, opacity);
  if (colour === null) return null;
  return {
    ...{ size: parseFloat(style.fontSize), bold: Number(style.fontWeight) >= 550 },
    ...{ italic: style.fontStyle !== "normal", mono: /mono/i.test(style.fontFamily.split(",")[0] ?? ""), colour },
  };
}

export class TextReader {
  readonly words: Word[] = [];
  private block: Element | null = null;

  constructor(private readonly origin: DOMRect) {}

  read(node: Text, style: CSSStyleDeclaration, block: Element, type: Type): Frame[] {
    if (block !== this.block) this.part();
    this.block = block;
    const range = document.createRange();
    const frames: Frame[] = [];
    for (const { 0: text, index } of written(node, style).matchAll(/\s+|\S+/g)) {
      if (/\s/.test(text)) this.space(text);
      else frames.push(...this.letters(node, range, index, text, style, type));
    }
    return frames;
  }

  /** A break between blocks reads as a line break. */
  private part(): void {
    const last = this.words.at(-1);
    if (last !== undefined && !last.after.includes("\n")) last.after += "\n";
  }

  private space(text: string): void {
    const last = this.words.at(-1);
    if (last !== undefined) last.after += text;
  }

  private letters(node: Text, range: Range, at: number, text: string, style: CSSStyleDeclaration, type: Type): Frame[] {
    const whole = this.framesIn(range, node, at, at + text.length);
    const mixed = RTL.test(text) && LTR.test(text.replace(new RegExp(RTL, "gu"), ""));
    if (whole.length === 1 && whole[0] !== undefined && !mixed) {
      this.add(text, whole[0], style, type);
      return whole;
    }
    let cursor = at;
    const frames: Frame[] = [];
    for (const grapheme of graphemesOf(text)) {
      const [frame] = this.framesIn(range, node, cursor, cursor + grapheme.length);
      cursor += grapheme.length;
      if (frame === undefined) continue;
      this.add(grapheme, frame, style, type);
      frames.push(frame);
    }
    return frames;
  }

  private framesIn(range: Range, node: Text, from: number, to: number): Frame[] {
    range.setStart(node, from);
    range.setEnd(node, to);
    return Array.from(range.getClientRects(), ({ left, top, width, height }) => ({
      ...{ x: left - this.origin.left, y: top - this.origin.top, width, height },
    })).filter(({ width }) => width > 0);
  }

  private add(text: string, frame: Frame, style: CSSStyleDeclaration, type: Type): void {
    const rtl = RTL.test(text) || (style.direction === "rtl" && !LTR.test(text));
    const y = frame.y + frame.height * riseOf(style);
    const last = this.words.at(-1);
    if (last !== undefined && goesOn(last, frame, y, rtl, type)) {
      last.text += text;
      last.x = Math.min(last.x, frame.x);
      last.width += frame.width;
      return;
    }
    const { x, width } = frame;
    this.words.push({ kind: "word", text, after: "", x, y, width, rtl, type, angle: 0 });
  }
}

/** Letters that are joined across tokens must be set together. */
function goesOn(last: Word, frame: Frame, y: number, rtl: boolean, type: Type): boolean {
  const edge = rtl ? Math.abs(frame.x + frame.width - last.x) : Math.abs(last.x + last.width - frame.x);
  const alike = last.rtl === rtl && Math.abs(last.y - y) < TOUCH && last.angle === 0;
  return alike && last.after === "" && edge < TOUCH && sameType(last.type, type);
}

const sameType = (one: Type, other: Type): boolean =>
  one.size === other.size &&
  one.bold === other.bold &&
  one.italic === other.italic &&
  one.mono === other.mono &&
  one.colour.hex === other.colour.hex &&
  one.colour.alpha === other.colour.alpha;

/** The text as it is shown. */
function written({ data }: Text, { textTransform }: CSSStyleDeclaration): string {
  return textTransform === "uppercase" && data.toUpperCase().length === data.length ? data.toUpperCase() : data;
}

/** The share of a line of text that lies above its baseline. */
export function riseOf(style: CSSStyleDeclaration): number {
  const font = `${style.fontStyle} ${style.fontWeight} 100px ${style.fontFamily}`;
  const known = rises.get(font);
  if (known !== undefined) return known;
  measuring ??= canvas();
  if (measuring === null) return 0.8;
  measuring.font = font;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = measuring.measureText("x");
  const rise = above / (above + below);
  rises.set(font, rise);
  return rise;
}
