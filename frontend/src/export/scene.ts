/**
 * What a sheet shows, as a flat list of shapes in reading order: all files with a fixed layout are drawn from it.
 *
 * Lengths are CSS pixels of the sheet, y grows downwards. Colours are sRGB; nothing is left to inherit.
 */

export interface Colour {
  hex: string;
  alpha: number;
}

export interface Stroke {
  colour: Colour;
  width: number;
  dash: readonly number[];
}

/** Columns of a 2 × 3 matrix, as SVG and PDF write them. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export type Blend = "normal" | "multiply" | "screen" | "overlay" | "darken" | "lighten";

export interface Box {
  kind: "box";
  x: number;
  y: number;
  width: number;
  height: number;
  radius: number;
  fill: Colour | null;
  stroke: Stroke | null;
}

export interface Path {
  kind: "path";
  d: string;
  matrix: Matrix;
  fill: Colour | null;
  evenOdd: boolean;
  stroke: Stroke | null;
  blend: Blend;
}

export interface Type {
  size: number;
  bold: boolean;
  italic: boolean;
  mono: boolean;
  colour: Colour;
}

/** A word, or a part of one: it is never broken. `x` is its left end, whatever its direction; `y` the baseline. */
export interface Word {
  kind: "word";
  text: string;
  /** White space that follows it in the text. */
  after: string;
  x: number;
  y: number;
  width: number;
  rtl: boolean;
  type: Type;
  /** How it is turned about (x, y) [radians]. */
  angle: number;
}

/** A picture as PNG. */
export interface Picture {
  kind: "picture";
  x: number;
  y: number;
  width: number;
  height: number;
  href: string;
  opacity: number;
}

export type Shape = Box | Path | Word | Picture;

export interface Scene {
  title: string;
  width: number;
  height: number;
  /** Behind everything; null: whatever it is put on. */
  paper: Colour | null;
  shapes: readonly Shape[];
}

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

export const wordsOf = ({ shapes }: Scene): Word[] => shapes.filter((shape): shape is Word => shape.kind === "word");

/** Up to three decimals: a thousandth of a pixel is not seen. */
export const short = (value: number): string => String(Math.round(value * 1000) / 1000);

/** Six decimals, for what is multiplied. */
export const fine = (value: number): string => String(Math.round(value * 1e6) / 1e6);

/** Where a shape begins and ends, from top to bottom; null for paths, which belong to what they are drawn on. */
export function extentOf(shape: Shape): [top: number, bottom: number] | null {
  switch (shape.kind) {
    case "word":
      return shape.angle === 0 ? [shape.y - shape.type.size, shape.y + 0.35 * shape.type.size] : null;
    case "box":
    case "picture":
      return [shape.y, shape.y + shape.height];
    case "path":
      return null;
  }
}
