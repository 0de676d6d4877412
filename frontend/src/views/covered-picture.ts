/** A small copy of a picture with the covered patches hatched over. */
import { html, nothing, type TemplateResult } from "lit";

import type { Strip } from "../contract";
import { t } from "../text";
import { pictureOf, type PanelContext } from "./context";

/** Width of the copy [rem]. */
const WIDTH = 9;

export function coveredPicture(context: PanelContext, strip: Strip, units: readonly number[]): TemplateResult {
  const picture = pictureOf(context, strip);
  if (picture === null) return html`${nothing}`;
  const { url, width, height } = picture;
  const boxes = units.flatMap((unit) => strip.units[unit]?.box ?? []);
  const label = t("what-if.covered", { count: units.length });
  const corners = Array.from({ length: boxes.length / 4 }, (_, index) => boxes.slice(4 * index, 4 * index + 4));
  return html`<figure class="covered" style="inline-size: ${WIDTH}rem; aspect-ratio: ${width} / ${height}">
    <img crossorigin="anonymous" src=${url} alt=${label} />
    ${corners.map(
      ([left = 0, top = 0, right = 0, bottom = 0]) =>
        html`<span
          style="left: ${(100 * left) / width}%; top: ${(100 * top) / height}%; width: ${(100 * (right - left)) / width}%; height: ${(100 * (bottom - top)) / height}%"
        ></span>`,
    )}
  </figure>`;
}
