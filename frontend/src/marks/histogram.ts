/** How values lie on a scale: how many in each of its equal parts, and where ticks with round numbers stand. */
import type { ColourScale } from "../theme/scales";

/** The ends of the scale as they are drawn, from left to right. */
export const endsOf = ({ kind, low, high }: ColourScale): readonly [number, number] =>
  kind === "diverging" ? [-high, high] : [low, high];

/** Where a value stands between the ends, from 0 to 1. */
export function along(scale: ColourScale, value: number): number {
  const [from, to] = endsOf(scale);
  return to === from ? 0 : Math.max(0, Math.min(1, (value - from) / (to - from)));
}

/** Counts by part; values beyond the ends count in the last part on their side, missing ones nowhere. */
export function counts(values: ArrayLike<number>, scale: ColourScale, parts: number): number[] {
  const found = new Array<number>(parts).fill(0);
  for (let index = 0, count = values.length; index < count; index++) {
    const value = values[index] ?? NaN;
    if (Number.isNaN(value)) continue;
    const part = Math.min(parts - 1, Math.floor(along(scale, value) * parts));
    found[part] = (found[part] ?? 0) + 1;
  }
  return found;
}

const ROUND = [1, 2, 2.5, 5, 10];
/** A number closer than this part of the scale to an end would touch the end's own. */
const CLEAR = 0.22;

/** The ends, and round numbers between them, about `wanted` in all. */
export function ticks(scale: ColourScale, wanted = 5): number[] {
  const [from, to] = endsOf(scale);
  const rough = (to - from) / wanted;
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  if (power === 0) return [from, to];
  const step = power * (ROUND.find((round) => round * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(from / step);
  const between = Array.from({ length: Math.floor(to / step) - first + 1 }, (_, at) => (first + at) * step).filter(
    (tick) => along(scale, tick) > CLEAR && along(scale, tick) < 1 - CLEAR,
  );
  return [from, ...between, to];
}

/** The middle value: half of those that are there lie below it. */
export function median(values: ArrayLike<number>): number {
  // A copy, sorted by the machine's numbers; what is missing comes last.
  const all = new Float32Array(values).sort();
  let known = all.length;
  while (known > 0 && Number.isNaN(all[known - 1])) known--;
  const sorted = all.subarray(0, known);
  const [below = NaN, above = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (below + above) / 2;
}
