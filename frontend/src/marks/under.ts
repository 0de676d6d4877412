/** Further tracks below the tiles of a strip: a thin lane each, whose line is as thick as the value is large. */
import { css } from "lit";

import { categoryColour } from "../theme/palette";
import { place, type ColourScale } from "../theme/scales";

export interface Under {
  values: ArrayLike<number>;
  scale: ColourScale;
  label: string;
}

/** More lanes than this cannot be told apart. */
export const MOST_UNDER = 4;
/** Thickness of what has a category or no value, where 1 is the whole lane. */
const CATEGORY = 0.6;
const MISSING = 0.25;

/** Puts the values of a unit onto its tile; `underStyles` draws them. */
export function paintUnder(tile: HTMLElement, under: readonly Under[], unit: number): void {
  under.slice(0, MOST_UNDER).forEach((own, lane) => {
    const { size, colour } = line(own, unit);
    tile.style.setProperty(`--size-${lane}`, size);
    tile.style.setProperty(`--line-${lane}`, colour);
  });
}

function line({ values, scale }: Under, unit: number): { size: string; colour: string } {
  const value = values[unit] ?? NaN;
  const at = place(scale, value);
  if (Number.isNaN(value)) return { size: String(MISSING), colour: "var(--hatch)" };
  if (scale.kind === "categorical") return { size: String(CATEGORY), colour: categoryColour(Math.round(value)) };
  return { size: Math.abs(at).toFixed(3), colour: at < 0 ? "var(--under-low)" : "var(--under-high)" };
}

/** On the strip: `under`, and `--lanes` of them. Lanes lie on paper, below the colour of the tile. */
export const underStyles = css`
  .under {
    --lane: 4px;
    --pitch: 6px;
    --below: calc(var(--lanes) * var(--pitch));
    --under-high: color-mix(in oklab, var(--high), var(--ink) 35%);
    --under-low: color-mix(in oklab, var(--low), var(--ink) 35%);
    line-height: calc(2.15em + var(--below));
  }
  .under .tile {
    padding-block-end: calc(0.3em + var(--below));
    background-image:
      linear-gradient(var(--line-0, transparent), var(--line-0, transparent)),
      linear-gradient(var(--line-1, transparent), var(--line-1, transparent)),
      linear-gradient(var(--line-2, transparent), var(--line-2, transparent)),
      linear-gradient(var(--line-3, transparent), var(--line-3, transparent)),
      linear-gradient(var(--paper), var(--paper)), linear-gradient(var(--mark, transparent), var(--mark, transparent)),
      var(--hatching, none);
    background-repeat: no-repeat, no-repeat, no-repeat, no-repeat, no-repeat, no-repeat, repeat;
    background-size:
      100% calc(var(--size-0, 0) * var(--lane)),
      100% calc(var(--size-1, 0) * var(--lane)),
      100% calc(var(--size-2, 0) * var(--lane)),
      100% calc(var(--size-3, 0) * var(--lane)),
      100% var(--below),
      100% calc(var(--place, 0) * 0.42em),
      auto;
    background-position:
      left 0 bottom calc((var(--lanes) - 1) * var(--pitch)),
      left 0 bottom calc((var(--lanes) - 2) * var(--pitch)),
      left 0 bottom calc((var(--lanes) - 3) * var(--pitch)),
      left 0 bottom calc((var(--lanes) - 4) * var(--pitch)),
      left bottom,
      left 0 bottom var(--below),
      left top;
  }
  .under .tile.missing {
    --hatching: repeating-linear-gradient(135deg, var(--hatch) 0 1px, transparent 1px 5px);
  }
  .under .shared {
    padding-block-end: calc(0.3em + var(--below));
  }
  .under .shared .part {
    padding: 0;
  }
  .under.marked .tile:not(.missing, .category) {
    --mark: color-mix(in oklab, var(--ink) 75%, transparent);
    box-shadow: none;
  }
`;
