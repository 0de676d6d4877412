/** A reliability diagram: how often answers of each confidence were right, and how many there were. */
import { line, rectY, ruleX, type PlotOptions } from "@observablehq/plot";

import type { ChartPanel } from "../contract";
import { number } from "../theme/format";
import { band, lines, whiskers } from "./plot-layers";
import { axisLabel, pointsOf, tipped, type Point } from "./plot-points";

const COUNT = "count";
const WIDEST = 420;
const NUMERIC = { tickFormat: (value: number): string => number(value) };

export function reliability(panel: ChartPanel, width: number): PlotOptions[] {
  const wide = Math.min(width, WIDEST);
  const observed = { ...panel, series: panel.series.filter(({ label }) => label !== COUNT) };
  const counts = {
    ...panel,
    series: panel.series.filter(({ label }) => label === COUNT),
    y: { ...panel.y, label: COUNT, unit: "" },
  };
  const diagram = calibration(observed, wide);
  return counts.series.length === 0 ? [diagram] : [diagram, histogram(counts, wide)];
}

function calibration(panel: ChartPanel, width: number): PlotOptions {
  const points = pointsOf(panel);
  const known = points.filter(({ x, y }) => typeof x === "number" && !Number.isNaN(y));
  return {
    width,
    height: 0.8 * width,
    ...{ marginLeft: 52, marginRight: 16, marginTop: 26, marginBottom: 38 },
    x: { domain: [0, 1], label: axisLabel(panel.x), ...NUMERIC, ticks: 5 },
    y: { domain: [0, 1], label: axisLabel(panel.y), grid: true, ...NUMERIC, ticks: 5 },
    marks: [
      line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: "var(--muted)", strokeDasharray: "5 4" },
      ),
      ruleX(known, { x: "x", y1: "x", y2: "y", stroke: "var(--low)", strokeWidth: 3, strokeOpacity: 0.7 }),
      band(points),
      whiskers(points),
      lines(panel, points),
      tipped(panel, points),
    ],
  };
}

function histogram(panel: ChartPanel, width: number): PlotOptions {
  const points = pointsOf(panel);
  const half = 0.42 * narrowest(points);
  return {
    width,
    height: 90,
    ...{ marginLeft: 52, marginRight: 16, marginTop: 20, marginBottom: 22 },
    x: { domain: [0, 1], label: null, ...NUMERIC, ticks: 5 },
    y: { label: COUNT, ...NUMERIC, ticks: 2, zero: true },
    marks: [
      rectY(points, {
        x1: ({ x }: Point) => Number(x) - half,
        x2: ({ x }: Point) => Number(x) + half,
        y: "y",
        fill: "var(--muted)",
        fillOpacity: 0.6,
      }),
      tipped(panel, points),
    ],
  };
}

/** The least distance between two bins. */
function narrowest(points: readonly Point[]): number {
  const middles = points.map(({ x }) => Number(x)).toSorted((one, other) => one - other);
  const gaps = middles.slice(1).map((middle, at) => middle - (middles[at] ?? middle));
  return Math.max(0.01, Math.min(0.1, ...gaps.filter((gap) => gap > 0)));
}
