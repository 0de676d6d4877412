/** Where the patches of a strip lie on its picture, whatever shape the processor has given them. */
import type { Strip, Unit } from "../contract";

/** Edges in pixels of the stored picture; fractions are allowed. */
export type Box = NonNullable<Unit["box"]>;

/** Boxes that overlap by less (px) only touch. */
const TOUCH = 1e-3;

export class Patches {
  /** Units with a box, and those without one, in their order. */
  readonly placed: readonly number[];
  readonly special: readonly number[];
  private readonly boxes: readonly (Box | null)[];

  constructor({ units }: Pick<Strip, "units">) {
    this.boxes = units.map(({ box }) => box ?? null);
    this.placed = units.flatMap(({ box }, unit) => (box == null ? [] : [unit]));
    this.special = units.flatMap(({ box }, unit) => (box == null ? [unit] : []));
  }

  boxOf(unit: number): Box | null {
    return this.boxes[unit] ?? null;
  }

  /** Width and height of what the patches cover, from the picture's upper left corner; at least 1. */
  extent(): [width: number, height: number] {
    return this.placed.reduce<[number, number]>(
      ([width, height], unit) => {
        const [, , right, bottom] = this.boxes[unit] ?? [0, 0, 0, 0];
        return [Math.max(width, right), Math.max(height, bottom)];
      },
      [1, 1],
    );
  }

  /** The patch at a point; of several that lie there, the smallest. */
  at(x: number, y: number): number | null {
    let [found, least]: [number | null, number] = [null, Infinity];
    for (const unit of this.placed) {
      const box = this.boxes[unit];
      if (!box || x < box[0] || x >= box[2] || y < box[1] || y >= box[3]) continue;
      const area = (box[2] - box[0]) * (box[3] - box[1]);
      if (area < least) [found, least] = [unit, area];
    }
    return found;
  }

  /** The patches that lie, at least in part, in a rectangle. */
  within([left, top, right, bottom]: Box): number[] {
    return this.placed.filter((unit) => {
      const box = this.boxes[unit];
      const apart =
        !box || box[2] <= left + TOUCH || box[0] >= right - TOUCH || box[3] <= top + TOUCH || box[1] >= bottom - TOUCH;
      return !apart;
    });
  }

  /** Those in the smallest rectangle that holds both patches. */
  between(one: number, other: number): number[] {
    const [from, to] = [this.boxes[one], this.boxes[other]];
    return from && to ? this.within(around(from, to)) : [];
  }

  /** Where an arrow leads: along the row or column, from its end on in reading order, and below the last row to what has no place. */
  step(unit: number, key: string): number | undefined {
    const order = [...this.placed, ...this.special];
    const index = order.indexOf(unit);
    const box = this.boxes[unit] ?? null;
    switch (key) {
      case "ArrowRight":
        return this.nearest(box, 0, 1) ?? order[index + 1];
      case "ArrowLeft":
        return this.nearest(box, 0, -1) ?? order[index - 1];
      case "ArrowDown":
        return this.nearest(box, 1, 1) ?? (box === null ? undefined : this.special[0]);
      case "ArrowUp":
        return box === null ? this.placed.at(-1) : this.nearest(box, 1, -1);
      case "Home":
        return order[0];
      case "End":
        return order.at(-1);
      default:
        return undefined;
    }
  }

  /** The next patch along an axis (0: x, 1: y) that shares the most of the other one with a box. */
  private nearest(from: Box | null, axis: 0 | 1, direction: 1 | -1): number | undefined {
    if (from === null) return undefined;
    let [found, best]: [number | undefined, number] = [undefined, Infinity];
    for (const unit of this.placed) {
      const box = this.boxes[unit];
      if (!box) continue;
      const away = direction * (middle(box, axis) - middle(from, axis));
      const across = axis === 0 ? 1 : 0;
      const aside = Math.abs(middle(box, across) - middle(from, across));
      const reach = Math.max(extentOf(box, across), extentOf(from, across)) / 2;
      if (away <= TOUCH || aside >= reach) continue;
      if (away + aside / 16 < best) [found, best] = [unit, away + aside / 16];
    }
    return found;
  }
}

const middle = ([left, top, right, bottom]: Box, axis: 0 | 1): number =>
  axis === 0 ? (left + right) / 2 : (top + bottom) / 2;

const extentOf = ([left, top, right, bottom]: Box, axis: 0 | 1): number => (axis === 0 ? right - left : bottom - top);

/** The smallest rectangle that holds both. */
export const around = (one: Box, other: Box): Box => [
  Math.min(one[0], other[0]),
  Math.min(one[1], other[1]),
  Math.max(one[2], other[2]),
  Math.max(one[3], other[3]),
];
