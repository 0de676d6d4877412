/** Which squares of a grid of layers by heads are chosen, and where keys lead. */

export type Cell = readonly [layer: number, head: number];

export const keyOf = ([layer, head]: Cell): string => `${layer}-${head}`;

/** All squares of the rectangle that two of them span. */
export function between([layer, head]: Cell, [toLayer, toHead]: Cell): Cell[] {
  const reach = (one: number, other: number): number[] =>
    Array.from({ length: Math.abs(other - one) + 1 }, (_, step) => Math.min(one, other) + step);
  return reach(layer, toLayer).flatMap((line) => reach(head, toHead).map((column): Cell => [line, column]));
}

/** With the square, or without it; the last one stays. */
export function toggled(chosen: readonly Cell[], cell: Cell): readonly Cell[] {
  const without = chosen.filter((known) => keyOf(known) !== keyOf(cell));
  if (without.length === chosen.length) return [...chosen, cell];
  return without.length === 0 ? chosen : without;
}

/** Where a key leads from a square; null where it leads nowhere. Home and End stay in the line, with ctrl in none. */
export function ledTo(
  [layer, head]: Cell,
  { key, ctrlKey }: { key: string; ctrlKey: boolean },
  layers: number,
  heads: number,
): Cell | null {
  const inside = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at));
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (step) return [inside(layer + (step[0] ?? 0), layers), inside(head + (step[1] ?? 0), heads)];
  if (key === "Home") return [ctrlKey ? 0 : layer, 0];
  if (key === "End") return [ctrlKey ? layers - 1 : layer, heads - 1];
  return null;
}
