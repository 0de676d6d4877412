/** The layers that a patch grid is drawn from: fills, outlines, and what a person has chosen above them. */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";

import type { ColourScale } from "../theme/scales";
import { contour, dots, filled } from "./contours";
import type { Painted } from "./paint";
import { beyond, fillsOf, LEVELS, levelsOf } from "./patch-fills";
import type { Box, Patches } from "./patches";

export type Drawing = "fill" | "outline";
export type Blend = "normal" | "multiply" | "screen";

/** Marks this much smaller than a patch are left out. */
const FAINT = 0.04;

/** Lines and dots as dense on a small picture as on a large one. */
function patterns([width, height]: readonly [number, number]): SVGTemplateResult {
  const step = Math.max(width, height) / 70;
  return svg`<defs>
    <pattern id="hatch" width=${step} height=${step} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <line class="pattern" y2=${step} stroke-width=${step / 5} />
    </pattern>
    <pattern id="apart" width=${step} height=${step} patternUnits="userSpaceOnUse">
      <circle class="pattern" cx=${step / 2} cy=${step / 2} r=${step / 5} fill="none" stroke-width=${step / 8} />
    </pattern>
  </defs>`;
}

export function fills(patches: Patches, painted: Painted, size: readonly [number, number]): TemplateResult {
  return html`<svg class="fills" viewBox="0 0 ${size[0]} ${size[1]}" style=${ratio(size)} aria-hidden="true">
    ${patterns(size)}
    ${fillsOf(patches, painted).map(
      ({ classes, style, units }) => svg`<path class=${classes} style=${style} d=${filled(patches, units)}></path>`,
    )}
    <path class="beyond" d=${contour(patches, beyond(patches, painted))}></path>
  </svg>`;
}

/** The strongest patches in outline, at each level a thicker line; below zero dashed. */
export function lines(patches: Patches, painted: Painted, size: readonly [number, number]): TemplateResult {
  const drawn = levelsOf(patches, painted).map(({ level, negative, units }) => ({
    path: contour(patches, units),
    classes: `level-${LEVELS.indexOf(level) + 1} ${negative ? "negative" : ""}`,
  }));
  return html`<svg class="lines" viewBox="0 0 ${size[0]} ${size[1]}" style=${ratio(size)} aria-hidden="true">
    ${drawn.map(({ path, classes }) => svg`<path class="under ${classes}" d=${path}></path>`)}
    ${drawn.map(({ path, classes }) => svg`<path class="line ${classes}" d=${path}></path>`)}
  </svg>`;
}

/** A circle in each patch, as large as its value; dashed where that is negative. Below it the page's colour, so that it stands out on any picture. */
export function marks(patches: Patches, { values, scale }: Painted): SVGTemplateResult {
  const size = (unit: number): number => sizeOf(values?.[unit] ?? NaN, scale);
  const shown = patches.placed.filter((unit) => size(unit) > FAINT);
  const circles = (units: readonly number[]): string => dots(patches, units, (unit) => 0.85 * size(unit));
  const below = shown.filter((unit) => scale?.kind === "diverging" && (values?.[unit] ?? 0) < 0);
  const above = shown.filter((unit) => !below.includes(unit));
  return svg`<path class="mark under" d=${circles(shown)}></path><path class="mark" d=${circles(above)}></path>
    <path class="mark negative" d=${circles(below)}></path>`;
}

function sizeOf(value: number, scale: ColourScale | null): number {
  const bound = scale === null ? 1 : Math.max(Math.abs(scale.low), Math.abs(scale.high));
  return Number.isNaN(value) || bound === 0 ? 0 : Math.min(1, Math.abs(value) / bound);
}

/** An outline around units, with paper beneath it, so that it shows on any picture. */
export function outlined(
  patches: Patches,
  units: readonly number[],
  classes: string,
): SVGTemplateResult | typeof nothing {
  if (units.length === 0) return nothing;
  const path = contour(patches, units);
  return svg`<path class="${classes} under" d=${path}></path><path class=${classes} d=${path}></path>`;
}

export const framed = ([left, top, right, bottom]: Box, classes: string): SVGTemplateResult =>
  svg`<rect class="frame ${classes}" x=${left} y=${top} width=${right - left} height=${bottom - top}></rect>`;

export const ratio = ([width, height]: readonly [number, number]): string => `aspect-ratio: ${width} / ${height}`;
