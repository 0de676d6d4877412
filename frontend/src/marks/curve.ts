/** A small step curve with its numbers at both ends: how something falls from layer to layer. */
import { css, svg, type SVGTemplateResult } from "lit";

import { number } from "../theme/format";

export interface Line {
  label: string;
  values: readonly number[];
  faint?: boolean;
}

export const curveStyles = css`
  .curve {
    inline-size: 100%;
    max-inline-size: 26rem;
    block-size: auto;
    overflow: visible;
  }
  .curve path {
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
  }
  .curve .faint {
    stroke: var(--muted);
    stroke-width: 1.25;
    stroke-dasharray: 3 3;
  }
  .curve text {
    font-size: 10px;
    fill: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .curve .here {
    fill: var(--accent);
  }
  .curve .ground {
    stroke: var(--line);
  }
`;

const WIDTH = 320;
const HEIGHT = 90;

/** Steps from left to right, zero at the bottom; `here` marks the step that is being looked at. */
export function stepCurve(lines: readonly Line[], here: number | null): SVGTemplateResult {
  const most = Math.max(...lines.flatMap(({ values }) => values), 1e-12);
  const count = Math.max(...lines.map(({ values }) => values.length), 1);
  const x = (step: number): number => (WIDTH * step) / count;
  const y = (value: number): number => HEIGHT - (HEIGHT * value) / most;
  const path = (values: readonly number[]): string =>
    values.map((value, step) => `${step === 0 ? "M" : "L"}${x(step)},${y(value)}H${x(step + 1)}`).join("");
  const main = lines.find(({ faint }) => !faint)?.values ?? [];
  return svg`<svg class="curve" viewBox="-4 -14 ${WIDTH + 40} ${HEIGHT + 30}" role="img"
      aria-label=${lines.map(({ label, values }) => `${label}: ${values.map(number).join(", ")}`).join("; ")}>
    <line class="ground" x2=${WIDTH} y1=${HEIGHT} y2=${HEIGHT}></line>
    ${lines.map(({ values, faint }) => svg`<path class=${faint ? "faint" : ""} d=${path(values)}></path>`)}
    ${here === null || main[here] === undefined ? "" : svg`<circle class="here" r="4" cx=${x(here + 0.5)} cy=${y(main[here])}></circle>`}
    <text y="-4">${number(main[0])}</text>
    <text x=${WIDTH + 4} y=${y(main.at(-1) ?? 0) + 3}>${number(main.at(-1))}</text>
  </svg>`;
}
