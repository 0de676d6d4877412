/** A unit's number in every layer, as a strip of small bars for the pop-up. */
import { html, nothing, svg, type TemplateResult } from "lit";

import { decoded } from "../contract/arrays";
import { t } from "../text";
import { number } from "../theme/format";
import { place } from "../theme/scales";
import { indices } from "./select";
import type { Shown } from "./shown";

/** Whatever is not zero can be seen. */
const LEAST = 0.14;
const WIDTH = 240;
const HEIGHT = 26;

/** By layer, the mean over the further axes as they are chosen; null where the track has no layers. */
export function byLayer({ track, selections }: Shown, unit: number): number[] | null {
  const axis = track.axes.findIndex(({ name }) => name === "layer");
  const layers = track.axes[axis]?.values;
  if (layers === undefined || layers.length < 2) return null;
  const array = decoded(track.values);
  const units = array.shape.at(-1) ?? 0;
  const offset = (index: readonly number[]): number =>
    index.reduce((sum, at, level) => sum * (array.shape[level] ?? 1) + at, 0) * units + unit;
  return layers.map((_, layer) => {
    const places = indices(selections.map((own, at) => (at === axis ? [layer, layer] : own)));
    const there = places.map((index) => array.data[offset(index)] ?? NaN).filter((value) => !Number.isNaN(value));
    return there.reduce((sum, value) => sum + value, 0) / there.length;
  });
}

/** How tall a bar is: nothing at zero, and never so low that it could be taken for zero. */
export function tall(at: number): number {
  const size = Math.abs(at);
  return size === 0 || Number.isNaN(size) ? 0 : LEAST + (1 - LEAST) * size;
}

export function layerStrip(shown: Shown, unit: number): TemplateResult | typeof nothing {
  const values = byLayer(shown, unit);
  if (values === null) return nothing;
  const axis = shown.track.axes.findIndex(({ name }) => name === "layer");
  const names = shown.track.axes[axis]?.values ?? [];
  const on = new Set(shown.cells.map((cell) => cell[axis]));
  const most = values.reduce((best, value, layer) => ((values[best] ?? NaN) >= value ? best : layer), 0);
  const width = WIDTH / values.length;
  return html`<div class="fine">
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      width=${WIDTH}
      height=${HEIGHT}
      role="img"
      aria-label=${t("layers.strip", { layer: String(names[most] ?? most), value: number(values[most]) })}
      style="display: block; max-inline-size: 100%"
    >
      ${values.map((value, layer) => {
        const at = place(shown.scale, value);
        const size = tall(at);
        return svg`<rect x=${layer * width + 0.5} y=${(HEIGHT - 4) * (1 - size)} width=${width - 1}
            height=${(HEIGHT - 4) * size} fill=${at < 0 ? "var(--low)" : "var(--high)"}></rect>
          <rect x=${layer * width + 0.5} y=${HEIGHT - 3} width=${width - 1} height="3"
            fill=${on.has(layer) ? "var(--ink)" : "var(--line)"}></rect>`;
      })}
    </svg>
    ${t("layers.most", { layer: String(names[most] ?? most), value: number(values[most]) })}
  </div>`;
}
