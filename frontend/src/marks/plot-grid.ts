/** A grid: a row for each series, a column for each x, the number as colour. */
import { cell, type PlotOptions } from "@observablehq/plot";

import type { ChartPanel } from "../contract";
import { place } from "../theme/scales";
import { gridScale } from "./grid-scale";
import { axisLabel, short, tipped, type Point } from "./plot-points";

const CHARACTER = 7;
const HATCH = "hatch";

export function gridOptions(panel: ChartPanel, points: readonly Point[], width: number): PlotOptions {
  const scale = gridScale(panel);
  const columns = [...new Set(points.map(({ x }) => x))];
  const labels = panel.series.map(({ label }) => label);
  const room = Math.min(Math.max(...labels.map(({ length }) => length), 1) * CHARACTER + 10, 0.35 * width);
  const side = Math.min(28, (width - room) / columns.length);
  const step = Math.ceil(40 / side);
  return {
    width: Math.min(width, room + 20 + columns.length * 44),
    height: 56 + labels.length * Math.max(10, Math.min(26, side)),
    ...{ marginLeft: room, marginRight: 8, marginTop: 8, marginBottom: 40 },
    x: {
      ...{ type: "band", domain: columns, label: axisLabel(panel.x), padding: 0.04, tickFormat: short(10) },
      ticks: columns.filter((_, index) => index % step === 0),
    },
    y: {
      ...{ type: "band", domain: labels, label: null, padding: 0.04, tickSize: 0 },
      tickFormat: short(Math.floor(room / CHARACTER)),
    },
    marks: [
      cell(points, { x: "x", y: "label", fill: (point: Point) => cellColour(place(scale, point.y)) }),
      tipped(panel, points, { y: "label" }),
    ],
  };
}

const cellColour = (at: number): string =>
  Number.isNaN(at)
    ? `url(#${HATCH})`
    : `color-mix(in oklab, var(--paper), var(${at < 0 ? "--low" : "--high"}) ${(100 * Math.abs(at)).toFixed(1)}%)`;

/** The same picture with the pattern that stands for no value. */
export function hatched(picture: SVGElement): SVGElement {
  const make = (name: string, attributes: Record<string, string | number>): SVGElement => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  const size = { width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(-45)" };
  const pattern = make("pattern", { id: HATCH, ...size });
  pattern.append(make("line", { x2: 5, stroke: "var(--hatch)", "stroke-width": 2 }));
  const definitions = make("defs", {});
  definitions.append(pattern);
  picture.prepend(definitions);
  return picture;
}
