/** Curves from sources to what they led to, drawn over a text or a grid; the strongest, thickest. */
import { svg, type SVGTemplateResult } from "lit";

export interface Link {
  source: number;
  weight: number;
}

export interface Point {
  x: number;
  y: number;
}

const THINNEST = 1;
const THICKEST = 3.5;

/** The links with the largest weights in size, strongest first; no value and zero are no links. */
export function strongest(weights: ArrayLike<number>, count: number): Link[] {
  return Array.from(weights, (weight, source) => ({ source, weight }))
    .filter(({ weight }) => !Number.isNaN(weight) && weight !== 0)
    .toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight))
    .slice(0, count);
}

/** An arc that leaves upwards and arrives from above, higher the further it goes. */
export function arcPath(from: Point, to: Point): string {
  const lift = 14 + 0.12 * Math.hypot(to.x - from.x, to.y - from.y);
  const top = Math.min(from.y, to.y) - lift;
  return `M${round(from.x)},${round(from.y)}C${round(from.x)},${round(top)} ${round(to.x)},${round(top)} ${round(to.x)},${round(to.y)}`;
}

/** Arcs whose thickness tells the size and whose colour the sign of a weight. */
export function arcs(links: readonly Link[], at: (unit: number) => Point | null, to: Point): SVGTemplateResult[] {
  const most = Math.max(...links.map(({ weight }) => Math.abs(weight)));
  return links.flatMap(({ source, weight }) => {
    const from = at(source);
    if (from === null) return [];
    const size = Math.abs(weight) / most;
    return [
      svg`<path class="arc ${weight < 0 ? "negative" : ""}" d=${arcPath(from, to)} pathLength="1"
        stroke-width=${round(THINNEST + size * (THICKEST - THINNEST))} opacity=${round(0.3 + 0.5 * size)}></path>`,
    ];
  });
}

const round = (value: number): number => Math.round(10 * value) / 10;
