/** Where a long sheet is cut into pages: between lines, never through one. */
import { extentOf, type Scene } from "../scene";

/** Paths belong to what they are drawn on; large boxes may be cut. */
const TALL = 80;

/** Edges of the pages from top to bottom, each at most `most` apart unless something taller stands there. */
export function cuts({ height, shapes }: Scene, most: number): number[] {
  const edges = [0];
  const held = shapes
    .flatMap((shape) => {
      const extent = extentOf(shape);
      const whole = extent !== null && (shape.kind !== "box" || extent[1] - extent[0] < TALL);
      return whole ? [extent] : [];
    })
    .sort(([one], [other]) => one - other);
  const gaps = gapsIn(held, height);
  for (let top = 0; height - top > most;) {
    const cut =
      gaps.findLast((gap) => gap > top + 1 && gap <= top + most) ?? gaps.find((gap) => gap > top + most) ?? height;
    if (cut >= height) break;
    edges.push(cut);
    top = cut;
  }
  return [...edges, height];
}

/** Heights at which nothing stands. */
function gapsIn(held: readonly (readonly [top: number, bottom: number])[], height: number): number[] {
  const gaps: number[] = [];
  let below = 0;
  for (const [top, bottom] of held) {
    if (top >= below && top > 0) gaps.push((below + top) / 2);
    below = Math.max(below, bottom);
  }
  return [...gaps, height];
}
