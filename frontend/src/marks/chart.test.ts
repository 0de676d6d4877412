// @vitest-environment happy-dom
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { charts } from "../../fixtures/charts";
import { furnish, settle } from "../../fixtures/dom";
import type { ChartPanel } from "../contract";
import { gridScale } from "./grid-scale";
import { binEdges } from "./plot-layers";
import { pointsOf, said } from "./plot-points";
import { drawChart } from "./plots";

const WIDTH = 600;
const draw = (panel: ChartPanel, width = WIDTH): SVGElement[] => drawChart(panel, width);
const count = (picture: SVGElement | undefined, selector: string): number =>
  picture?.querySelectorAll(selector).length ?? 0;
const texts = (picture: SVGElement | undefined): string[] =>
  [...(picture?.querySelectorAll("text") ?? [])].map(({ textContent }) => textContent);

describe("bins", () => {
  it("reach halfway to their neighbours", () => {
    expect(binEdges([0.5, 1.5, 2.5], false)).toEqual([0, 1, 2, 3]);
    expect(binEdges([1, 2, 4], false)).toEqual([0.5, 1.5, 3, 5]);
  });
  it("reach as far in ratio on a logarithmic axis", () => {
    expect(binEdges([1, 100], true).map((edge) => Math.round(100 * edge) / 100)).toEqual([0.1, 10, 1000]);
  });
  it("have a width when there is one only", () => {
    expect(binEdges([3], false)).toEqual([2.5, 3.5]);
    expect(binEdges([4], true)).toEqual([2, 8]);
  });
});

describe("a chart", () => {
  it.each(Object.entries(charts))("of %s stays in its width, with its axes named", (_name, panel) => {
    for (const width of [310, WIDTH]) {
      const pictures = draw(panel, width);
      for (const picture of pictures) expect(Number(picture.getAttribute("width"))).toBeLessThanOrEqual(width);
      const written = pictures.flatMap(texts).join(" ");
      expect(written).toContain(panel.x.label);
      if (panel.mark !== "grid") expect(written).toContain(panel.y.label);
    }
  });

  it("has a bar for each bin, and lets bars lie whose names are long", () => {
    expect(count(draw(charts.histogram)[0], "g[aria-label='rect'] rect")).toBe(20);
    const standing = draw(charts.bar)[0];
    expect(count(standing, "g[aria-label='bar'] rect")).toBe(4);
    const lying = draw(charts.passages)[0];
    expect(texts(lying).some((text) => text.startsWith("A: The ball"))).toBe(true);
    expect(count(lying, "[aria-label='bar'] rect")).toBe(9);
  });

  it("breaks its lines where there is no value", () => {
    const path = [...(draw(charts.line)[0]?.querySelectorAll("g.series-1 path") ?? [])];
    expect(path.map((one) => one.getAttribute("d")?.match(/M/g)?.length)).toEqual([4]);
  });

  it("hatches the cells of a grid that have no value, and colours the others by their share", () => {
    const fills = [...(draw(charts.grid)[0]?.querySelectorAll("g[aria-label='cell'] rect") ?? [])].map((cell) =>
      cell.getAttribute("fill"),
    );
    expect(fills).toHaveLength(48);
    expect(fills.filter((fill) => fill === "url(#hatch)")).toHaveLength(1);
    expect(fills[0]).toBe("color-mix(in oklab, var(--paper), var(--high) 0.0%)");
    expect(gridScale({ series: [{ label: "", x: [0], y: [-2], low: null, high: null }] }).kind).toBe("diverging");
  });

  it("counts below a reliability diagram, and the counts are no curve in it", () => {
    const [diagram, counts, ...more] = draw(charts.reliability);
    expect(more).toEqual([]);
    expect(count(diagram, "g.series-0 circle")).toBe(9);
    expect(count(diagram, "g.series-1")).toBe(0);
    expect(count(counts, "rect")).toBe(10);
  });

  it("writes names as text", () => {
    const hostile = { ...charts.bar, series: [{ ...charts.bar.series[0]!, x: ["<img src=x>", "b", "c", "d"] }] };
    expect(count(draw(hostile)[0], "img")).toBe(0);
    expect(texts(draw(hostile)[0]).join(" ")).toContain("<img src=x>");
  });

  it("says the numbers of a point with its units", () => {
    const [point] = pointsOf(charts.reliability);
    expect(said(charts.reliability, point!)).toBe("observed\nconfidence 0.05\naccuracy 0.02 (0 to 0.08)");
  });
});

describe("tessera-chart", () => {
  beforeAll(async () => {
    furnish();
    await import("./chart");
  });
  beforeEach(() => document.body.replaceChildren());

  it("draws once Plot is there, says what it is, and shows one series alone on demand", async () => {
    const element = document.createElement("tessera-chart");
    element.panel = charts.line;
    document.body.append(element);
    await settle();
    await element.updateComplete;
    const stage = element.renderRoot.querySelector<HTMLElement>(".stage")!;
    expect(stage.querySelectorAll("svg")).toHaveLength(1);
    expect(stage.getAttribute("aria-label")).toBe(
      "Line chart “Entropy over the trace”: entropy by token. 2 series: smoothed, each token. The numbers are in the table below.",
    );
    const button = element.renderRoot.querySelectorAll<HTMLButtonElement>("button")[1]!;
    button.click();
    await element.updateComplete;
    expect(stage.dataset["only"]).toBe("1");
    expect(button.getAttribute("aria-pressed")).toBe("true");
  });
});
