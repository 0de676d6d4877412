/** The two thresholds of a scale: what they leave, which parts of the bar they hide, and where keys move them. */
import { isDimmed, type ColourScale, type Threshold } from "../theme/scales";
import { along, endsOf } from "./histogram";

/** The lower or the upper one. */
export type Bound = 0 | 1;

export const FREE: Threshold = [null, null];

export const boundOf = ({ threshold = FREE }: ColourScale, bound: Bound): number | null => threshold[bound];

export const held = (scale: ColourScale, value: number): boolean => !isDimmed(scale, value);

/** The parts of the bar that are hidden, from and to as parts of its length; a signed scale hides both its sides. */
export function bounded(scale: ColourScale): (readonly [number, number])[] {
  const [from, to] = endsOf(scale);
  const [least, most] = scale.threshold ?? FREE;
  const parts =
    scale.kind === "diverging"
      ? [
          least === null ? null : [-least, least],
          most === null ? null : [from, -most],
          most === null ? null : [most, to],
        ]
      : [least === null ? null : [from, least], most === null ? null : [most, to]];
  return parts
    .filter((part) => part !== null)
    .map(([start = 0, end = 0]) => [along(scale, start), along(scale, end)] as const)
    .filter(([start, end]) => end > start);
}

/** Where a key moves a threshold: a hundredth of the scale, with shift or Page a tenth; null frees it. */
export function moved(
  scale: ColourScale,
  bound: Bound,
  { key, shiftKey }: { key: string; shiftKey: boolean },
): number | null | undefined {
  const least = scale.kind === "diverging" ? 0 : scale.low;
  const range = scale.high - least;
  const at = boundOf(scale, bound) ?? (bound === 0 ? least : scale.high);
  const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[key];
  if (steps !== undefined) return at + (steps * (shiftKey ? 10 : 1) * range) / 100;
  if (key === "Home") return least;
  if (key === "End") return scale.high;
  return key === "Delete" || key === "Backspace" ? null : undefined;
}

/** How many of those that have a value are left. */
export function remaining(values: ArrayLike<number>, scale: ColourScale): { shown: number; total: number } {
  let [shown, total] = [0, 0];
  for (let index = 0, count = values.length; index < count; index++) {
    const value = values[index] ?? NaN;
    if (Number.isNaN(value)) continue;
    total++;
    if (!isDimmed(scale, value)) shown++;
  }
  return { shown, total };
}
