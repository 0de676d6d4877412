/** A figure between two known ends, as a dial: how far the arc is filled is where the value lies. */
import { css, nothing, svg, type SVGTemplateResult } from "lit";

import type { Figure } from "../contract";
import { t } from "../text";
import { number, quantity } from "../theme/format";

export const dialStyles = css`
  .dial {
    display: block;
    inline-size: 8.5rem;
    block-size: auto;
    overflow: visible;
  }
  .dial path {
    fill: none;
    stroke-width: 11;
  }
  .dial .track {
    stroke: var(--sunken);
  }
  .dial .fill {
    stroke: var(--high);
  }
  .dial text {
    fill: var(--muted);
    font-size: 9px;
    text-anchor: middle;
    font-variant-numeric: tabular-nums;
  }
  .dial .value {
    fill: var(--ink);
    font-size: 19px;
    font-weight: 600;
  }
  @media print {
    .dial path {
      print-color-adjust: exact;
    }
  }
`;

const RADIUS = 44;
/** The half circle has this length, so that a share of it is a share of the scale. */
const LENGTH = 100;
const HALF = `M${-RADIUS} 0A${RADIUS} ${RADIUS} 0 0 1 ${RADIUS} 0`;

/** Where the value lies between the ends of its domain, 0 to 1; null where an end or the value is not known. */
export function shareOf({ value, domain: [low, high] }: Figure): number | null {
  if (value === null || low === null || high === null || high <= low) return null;
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

export function dial(figure: Figure, share: number): SVGTemplateResult {
  const { label, value, unit, domain } = figure;
  const [low, high] = domain.map(number);
  return svg`<svg class="dial" viewBox="-56 -52 112 68" role="img"
      aria-label=${t("chart.dial", { label, value: quantity(value, unit), low: low ?? "", high: high ?? "" })}>
    <path class="track" d=${HALF}></path>
    ${share === 0 ? nothing : svg`<path class="fill" d=${HALF} pathLength=${LENGTH} stroke-dasharray=${`${share * LENGTH} ${LENGTH * 2}`}></path>`}
    <text class="value" y="-4">${quantity(value, unit)}</text>
    <text x=${-RADIUS} y="13">${low}</text>
    <text x=${RADIUS} y="13">${high}</text>
  </svg>`;
}
