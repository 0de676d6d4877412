/** A TrueType font of chosen glyphs, as PDF embeds it: outlines and widths, nothing else (OpenType 1.9, `glyf`). */

export interface Outline {
  /** In font units; curves are quadratic. */
  commands: readonly { command: string; args: readonly number[] }[];
  advance: number;
}

export interface FontMeasures {
  unitsPerEm: number;
  ascent: number;
  descent: number;
}

interface Point {
  x: number;
  y: number;
  on: boolean;
}

const ON = 1;

/** Glyph 0 is what is drawn for an unknown one. */
export function trueType(outlines: readonly Outline[], measures: FontMeasures): Uint8Array {
  const glyphs = outlines.map((outline) => ({ ...glyphOf(contoursOf(outline)), advance: Math.round(outline.advance) }));
  const offsets = [0];
  for (const { bytes } of glyphs) offsets.push((offsets.at(-1) ?? 0) + bytes.length);
  const metrics = glyphs.flatMap(({ advance, box }) => [...u16(advance), ...u16(box[0])]);
  return wrapped({
    glyf: concatenated(glyphs.map(({ bytes }) => bytes)),
    head: head(measures, boxOf(glyphs.map(({ box }) => box))),
    hhea: hhea(measures, glyphs.length, Math.max(...glyphs.map(({ advance }) => advance))),
    hmtx: Uint8Array.from(metrics),
    loca: Uint8Array.from(offsets.flatMap(u32)),
    maxp: maxp(
      glyphs.length,
      Math.max(...glyphs.map(({ points }) => points)),
      Math.max(...glyphs.map(({ contours }) => contours)),
    ),
  });
}

function contoursOf({ commands }: Outline): Point[][] {
  const contours: Point[][] = [];
  for (const { command, args } of commands) {
    const points: Point[] = [];
    const last = args.length / 2 - 1;
    for (let at = 0; at <= last; at++) {
      points.push({ x: Math.round(args[2 * at] ?? 0), y: Math.round(args[2 * at + 1] ?? 0), on: at === last });
    }
    if (command === "moveTo") contours.push(points);
    else contours.at(-1)?.push(...points);
  }
  return contours.map(closed).filter((contour) => contour.length > 1);
}

/** A contour ends where it began without saying so twice. */
function closed(contour: Point[]): Point[] {
  const [first, last] = [contour[0], contour.at(-1)];
  const twice = contour.length > 1 && last?.on === true && first?.x === last.x && first.y === last.y;
  return twice ? contour.slice(0, -1) : contour;
}

type Box = readonly [left: number, bottom: number, right: number, top: number];

interface Glyph {
  bytes: Uint8Array;
  box: Box;
  points: number;
  contours: number;
}

function glyphOf(contours: readonly Point[][]): Glyph {
  const points = contours.flat();
  if (points.length === 0) return { bytes: new Uint8Array(), box: [0, 0, 0, 0], points: 0, contours: 0 };
  const box = boxOf(points.map(({ x, y }): Box => [x, y, x, y]));
  let end = -1;
  const ends = contours.flatMap((contour) => u16((end += contour.length)));
  const steps = (axis: "x" | "y"): number[] =>
    points.flatMap((point, at) => u16(point[axis] - (points[at - 1]?.[axis] ?? 0)));
  const bytes = [
    ...[...u16(contours.length), ...box.flatMap(u16), ...ends, ...u16(0)],
    ...[...points.map(({ on }) => (on ? ON : 0)), ...steps("x"), ...steps("y")],
  ];
  while (bytes.length % 4 !== 0) bytes.push(0);
  return { bytes: Uint8Array.from(bytes), box, points: points.length, contours: contours.length };
}

const boxOf = (boxes: readonly Box[]): Box => [
  Math.min(...boxes.map(([left]) => left)),
  Math.min(...boxes.map(([, bottom]) => bottom)),
  Math.max(...boxes.map(([, , right]) => right)),
  Math.max(...boxes.map(([, , , top]) => top)),
];

function head({ unitsPerEm }: FontMeasures, box: Box): Uint8Array {
  return Uint8Array.from([
    ...[...u32(0x00010000), ...u32(0x00010000), ...u32(0), ...u32(0x5f0f3cf5), ...u16(0), ...u16(unitsPerEm)],
    ...[...new Array<number>(16).fill(0), ...box.flatMap(u16), ...u16(0), ...u16(6), ...u16(2), ...u16(1), ...u16(0)],
  ]);
}

function hhea({ ascent, descent }: FontMeasures, count: number, widest: number): Uint8Array {
  const sizes = [Math.round(ascent), Math.round(descent), 0, widest, 0, 0, widest, 1, 0, 0, 0, 0, 0, 0, 0, count];
  return Uint8Array.from([...u32(0x00010000), ...sizes.flatMap(u16)]);
}

function maxp(count: number, points: number, contours: number): Uint8Array {
  return Uint8Array.from([
    ...u32(0x00010000),
    ...[count, points, contours, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0].flatMap(u16),
  ]);
}

function wrapped(tables: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const names = Object.keys(tables).sort();
  const power = Math.floor(Math.log2(names.length));
  const range = 16 * 2 ** power;
  const header = [...u32(0x00010000), ...[names.length, range, power, 16 * names.length - range].flatMap(u16)];
  const body: Uint8Array[] = [];
  let offset = 12 + 16 * names.length;
  for (const name of names) {
    const table = tables[name] ?? new Uint8Array();
    const padded = new Uint8Array(Math.ceil(table.length / 4) * 4);
    padded.set(table);
    header.push(
      ...Array.from(name, (char) => char.charCodeAt(0)),
      ...u32(sumOf(padded)),
      ...u32(offset),
      ...u32(table.length),
    );
    body.push(padded);
    offset += padded.length;
  }
  return concatenated([Uint8Array.from(header), ...body]);
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
