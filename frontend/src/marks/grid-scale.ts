/** How the numbers of a grid are coloured. */
import type { ChartPanel } from "../contract";
import { colourScale, type ColourScale } from "../theme/scales";

/** Zero is paper: numbers of both signs make a diverging scale. */
export function gridScale({ series }: Pick<ChartPanel, "series">): ColourScale {
  const known = series.flatMap(({ y }) => y.filter((value) => value !== null));
  const signed = known.some((value) => value < 0);
  return colourScale({ scale: signed ? "diverging" : "sequential", domain: [signed ? null : 0, null] }, known);
}
