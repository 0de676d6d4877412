/**
 * Charts as SVG, by Observable Plot. Loaded when a page first shows a chart, so that other pages do without it.
 *
 * All colours are variables of the theme: a change between light and dark needs no drawing anew.
 */
import { barX, barY, plot, type Markish, type PlotOptions } from "@observablehq/plot";

import type { ChartPanel } from "../contract";
import { number } from "../theme/format";
import { band, baseline, dots, lines, missing, rects, whiskers } from "./plot-layers";
import { hatched, gridOptions } from "./plot-grid";
import { reliability } from "./plot-reliability";
import { axisLabel, pointsOf, seriesGround, short, tipped, valued, xType, type Point } from "./plot-points";

const HEIGHT = 250;
/** What a character of an axis takes, in pixels; a little more than on average. */
const CHARACTER = 7;

/** The pictures of a panel, one below the other, `width` pixels wide. */
export function drawChart(panel: ChartPanel, width: number): SVGElement[] {
  const points = pointsOf(panel);
  switch (panel.mark) {
    case "reliability":
      return reliability(panel, width).map((options) => svg(options, width));
    case "grid":
      return [hatched(svg(gridOptions(panel, points, width), width))];
    case "bar":
      return [svg(barOptions(panel, points, width), width)];
    case "histogram":
      return [svg(framed(panel, width, [...rects(panel, points), whiskers(points)]), width)];
    case "line":
      return [svg(framed(panel, width, [band(points), ...lines(panel, points)]), width)];
    case "scatter":
      return [svg(framed(panel, width, [whiskers(points), ...dots(panel, points)]), width)];
  }
}

function svg(options: PlotOptions, width: number): SVGElement {
  const drawn = plot({
    width,
    style: { background: "none", color: "var(--ink)", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
    ...options,
  }) as SVGElement;
  // The stage is one picture with a sentence and a table for those who do not see it.
  drawn.setAttribute("aria-hidden", "true");
  return drawn;
}

/** Axes and grid lines around marks of x and y. */
function framed(panel: ChartPanel, width: number, marks: readonly Markish[]): PlotOptions {
  const { x, y } = panel;
  const named = x.scale === "band" || pointsOf(panel).some((point) => typeof point.x === "string");
  return {
    height: Math.min(HEIGHT, 0.75 * width),
    marginLeft: 52,
    marginRight: 16,
    marginBottom: 38,
    marginTop: 26,
    x: {
      type: named ? "point" : xType(x),
      label: axisLabel(x),
      ...(named ? { domain: [...new Set(pointsOf(panel).map((point) => point.x))], tickFormat: short(12) } : NUMERIC),
      ticks: named ? sparse(panel, width) : Math.max(2, Math.floor(width / 90)),
    },
    y: { type: xType(y), label: axisLabel(y), grid: true, zero: panel.mark === "histogram", ...NUMERIC, ticks: 5 },
    marks: [...marks, baseline(panel), tipped(panel, pointsOf(panel))],
  };
}

const NUMERIC = { tickFormat: (value: number): string => number(value) };

/** Names that fit below an axis: each, or every second, third, … */
function sparse(panel: ChartPanel, width: number): (number | string)[] {
  const names = [...new Set(pointsOf(panel).map(({ x }) => x))];
  const step = Math.max(1, Math.ceil((names.length * 48) / width));
  return names.filter((_, index) => index % step === 0);
}

/** Bars stand where their names fit below them, and lie where they do not. */
function barOptions(panel: ChartPanel, points: readonly Point[], width: number): PlotOptions {
  const names = [...new Set(points.map(({ x }) => x))];
  const written = names.map((name) => (typeof name === "number" ? number(name) : name));
  const longest = Math.max(...written.map((name) => name.length), 1);
  const lies = names.length * (longest * CHARACTER + 10) > width - 70;
  const value = { label: axisLabel(panel.y), grid: true, zero: true, ...NUMERIC, ticks: lies ? width / 90 : 5 };
  const many = panel.series.length > 1;
  const room = Math.min(longest * CHARACTER + 10, 0.4 * width);
  const name = {
    ...{
      label: axisLabel(panel.x),
      labelAnchor: lies ? ("top" as const) : ("center" as const),
      labelArrow: "none" as const,
      domain: names,
    },
    tickFormat: short(Math.floor(room / CHARACTER)),
  };
  const one = { label: null, domain: panel.series.map(({ label }) => label), axis: null, padding: 0.1 };
  const fill = (point: Point): string => seriesGround(panel, point.series);
  const tips = tipped(panel, points, tipAt(many, lies));
  const [first] = names;
  const group = many && first !== undefined ? { [lies ? "fy" : "fx"]: () => first } : {};
  const rule = baseline(panel, lies ? "x" : "y", group);
  if (lies) {
    const bar = barX(valued(points), { x: "y", y: many ? "label" : "x", ...(many ? { fy: "x" } : {}), fill });
    return {
      height: 56 + names.length * Math.max(24, 15 * panel.series.length + 8),
      ...{ marginLeft: room + 8, marginRight: 24, marginTop: 22, marginBottom: 38 },
      x: value,
      y: many ? one : { ...name, padding: 0.25 },
      ...(many ? { fy: { ...name, padding: 0.15, axis: "left" as const } } : {}),
      marks: [bar, missing(points, "x", many), whiskers(points, "x", many), rule, tips],
    };
  }
  const bar = barY(valued(points), { y: "y", x: many ? "label" : "x", ...(many ? { fx: "x" } : {}), fill });
  return {
    height: Math.min(HEIGHT, 0.75 * width),
    ...{ marginLeft: 52, marginRight: 16, marginTop: 26, marginBottom: 38 },
    x: many ? one : { ...name, padding: 0.25 },
    ...(many ? { fx: { ...name, padding: 0.2, axis: "bottom" as const } } : {}),
    y: value,
    marks: [bar, missing(points, "y", many), whiskers(points, "y", many), rule, tips],
  };
}

/** Which channels say where the number of a bar stands. */
const tipAt = (many: boolean, lies: boolean): Record<string, string> =>
  lies
    ? { x: "y", y: many ? "label" : "x", ...(many ? { fy: "x" } : {}) }
    : { x: many ? "label" : "x", ...(many ? { fx: "x" } : {}) };
