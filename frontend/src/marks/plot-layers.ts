/** The layers that charts of x and y are made of. */
import { areaY, dot, line, rectY, ruleX, ruleY, text, type Markish } from "@observablehq/plot";

import type { ChartPanel } from "../contract";
import { t } from "../text";
import { number } from "../theme/format";
import { seriesClass, seriesGround, seriesInk, type Point } from "./plot-points";

/** Past this many points a line has no dots. */
const DOTTED = 60;

const spread = (points: readonly Point[]): Point[] => points.filter(({ low, high }) => !Number.isNaN(low + high));

/** Between `low` and `high` of every series. */
export const band = (points: readonly Point[]): Markish =>
  areaY(spread(points), { x: "x", y1: "low", y2: "high", z: "series", fill: "var(--muted)", fillOpacity: 0.18 });

export function lines(panel: ChartPanel, points: readonly Point[]): Markish[] {
  return panel.series.flatMap(({ x }, index) => {
    const own = points.filter(({ series }) => series === index);
    const look = { x: "x", y: "y", className: seriesClass(index) };
    const ink = seriesInk(panel, index);
    const drawn: Markish = line(own, {
      ...look,
      stroke: ink,
      strokeWidth: 1.8,
      strokeDasharray: DASHES[index % DASHES.length],
    });
    return x.length > DOTTED ? [drawn] : [drawn, dot(own, { ...look, fill: ink, r: 2.5 })];
  });
}

/** Lines differ by more than their hue. */
const DASHES = [undefined, "6 3", "2 3", "8 3 2 3"];

export const dots = (panel: ChartPanel, points: readonly Point[]): Markish[] =>
  panel.series.map((_, index) =>
    dot(
      points.filter(({ series }) => series === index),
      { x: "x", y: "y", r: 3, fill: seriesInk(panel, index), fillOpacity: 0.7, className: seriesClass(index) },
    ),
  );

/** From `low` to `high` at each point that has them. */
export function whiskers(points: readonly Point[], along: "x" | "y" = "y", faceted = false): Markish {
  const ends = { stroke: "var(--ink)", strokeOpacity: 0.6 };
  const at = faceted ? "label" : "x";
  return along === "y"
    ? ruleX(spread(points), { x: at, y1: "low", y2: "high", ...(faceted ? { fx: "x" } : {}), ...ends })
    : ruleY(spread(points), { y: at, x1: "low", x2: "high", ...(faceted ? { fy: "x" } : {}), ...ends });
}

/** Says where a bar is missing that it is, and not of no length. */
export function missing(points: readonly Point[], along: "x" | "y", faceted: boolean): Markish {
  const at = faceted ? "label" : "x";
  const none = points.filter(({ y }) => Number.isNaN(y));
  const ink = { text: () => t("number.none"), fill: "var(--muted)" };
  return along === "y"
    ? text(none, { x: at, frameAnchor: "bottom", dy: -6, ...(faceted ? { fx: "x" } : {}), ...ink })
    : text(none, { y: at, frameAnchor: "left", dx: 6, ...(faceted ? { fy: "x" } : {}), ...ink });
}

/** A bar over each bin. `x` are the middles of bins; where they are unequal, edges lie halfway between. */
export function rects(panel: ChartPanel, points: readonly Point[]): Markish[] {
  const log = panel.x.scale === "log";
  return panel.series.map(({ x }, index) => {
    const edges = binEdges(x.map(Number), log);
    const own = points
      .filter(({ series }) => series === index)
      .map((point, bin) => ({ ...point, x1: edges[bin] ?? 0, x2: edges[bin + 1] ?? 0 }));
    const look = panel.series.length === 1 ? {} : { fillOpacity: 0.45 };
    const ink = seriesGround(panel, index);
    return rectY(own, { x1: "x1", x2: "x2", y: "y", fill: ink, inset: 0.5, className: seriesClass(index), ...look });
  });
}

/** Where bins begin and end: halfway between their middles (on a log axis, by their ratios). */
export function binEdges(middles: readonly number[], log: boolean): number[] {
  const [first = 0] = middles;
  const last = middles.at(-1) ?? 0;
  if (middles.length === 1) return log ? [first / 2, first * 2] : [first - 0.5, first + 0.5];
  const between = middles
    .slice(1)
    .map((middle, at) => (log ? Math.sqrt(middle * (middles[at] ?? middle)) : (middle + (middles[at] ?? middle)) / 2));
  const [inner = first] = between;
  const outer = between.at(-1) ?? last;
  return log ? [first ** 2 / inner, ...between, last ** 2 / outer] : [2 * first - inner, ...between, 2 * last - outer];
}

/** A dashed line at the number that a series is to be compared with; `group` is the group of bars that names it. */
export function baseline({ baseline: at }: ChartPanel, along: "x" | "y" = "y", group: Channels = {}): Markish[] {
  if (at === null) return [];
  const look = { stroke: "var(--muted)", strokeDasharray: "5 4" };
  const ink = { fill: "var(--muted)", stroke: "var(--paper)", strokeWidth: 4 };
  const words = { text: () => t("chart.baseline-at", { value: number(at) }), ...ink, ...group };
  return along === "y"
    ? [ruleY([at], look), text([at], { y: (value: number) => value, frameAnchor: "right", dy: -7, ...words })]
    : [ruleX([at], look), text([at], { x: (value: number) => value, frameAnchor: "top", dy: -8, ...words })];
}

type Channels = Record<string, () => number | string>;
