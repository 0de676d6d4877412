/** The points of a chart, how they are called and coloured, and what a pointer is told about them. */
import { pointer, tip, type Markish, type ScaleType } from "@observablehq/plot";

import type { ChartAxis, ChartPanel } from "../contract";
import { number, quantity } from "../theme/format";
import { categoryInk } from "../theme/palette";

export interface Point {
  x: number | string;
  /** NaN where there is no value. */
  y: number;
  low: number;
  high: number;
  /** The index and the name of its series. */
  series: number;
  label: string;
}

export const pointsOf = ({ series }: Pick<ChartPanel, "series">): Point[] =>
  series.flatMap(({ label, x, y, low, high }, index) =>
    x.map((at, place) => ({
      x: at,
      y: y[place] ?? NaN,
      low: low?.[place] ?? NaN,
      high: high?.[place] ?? NaN,
      series: index,
      label,
    })),
  );

/** One series has the accent; several have the hues of categories. */
export const seriesInk = (panel: ChartPanel, series: number): string =>
  panel.series.length === 1 ? "var(--accent)" : categoryInk(series);

/** The same for areas, which need less to be seen. */
export const seriesGround = (panel: ChartPanel, series: number): string =>
  panel.series.length === 1 ? "var(--high)" : categoryInk(series);

/** What the legend hides all but one by. */
export const seriesClass = (series: number): string => `series series-${series}`;

export const axisLabel = ({ label, unit }: ChartAxis): string => (unit === "" ? label : `${label}, ${unit}`);

export const xType = ({ scale }: ChartAxis): ScaleType => (scale === "log" ? "log" : "linear");

export const short =
  (most: number) =>
  (name: number | string): string => {
    const text = typeof name === "number" ? number(name) : name;
    return Array.from(text).length <= most
      ? text
      : `${Array.from(text)
          .slice(0, most - 1)
          .join("")}…`;
  };

/** `random, 50 %: probability 0.25 (0.2 to 0.3)`. */
export function said(panel: ChartPanel, { x, y, low, high, label }: Point): string {
  const at = typeof x === "string" ? x : `${panel.x.label} ${quantity(x, panel.x.unit)}`;
  const range = Number.isNaN(low) || Number.isNaN(high) ? "" : ` (${number(low)} to ${number(high)})`;
  const name = panel.series.length > 1 ? `${label}\n` : "";
  return `${name}${at}\n${panel.y.label} ${quantity(y, panel.y.unit)}${range}`;
}

export const valued = (points: readonly Point[]): Point[] => points.filter(({ y }) => !Number.isNaN(y));

/** The numbers of the point nearest to the pointer; `channels` where a point does not lie at its x and y. */
export function tipped(panel: ChartPanel, points: readonly Point[], channels: Record<string, string> = {}): Markish {
  return tip(
    valued(points),
    pointer({
      ...{ x: "x", y: "y", ...channels },
      title: (point: Point) => said(panel, point),
      ...{ fill: "var(--raised)", stroke: "var(--line)", fontSize: 12, textPadding: 8 },
    }),
  );
}
