/** The same strip once for each track, aligned, or the same picture; what is pointed at in one is lit in all. */
import { html, type TemplateResult } from "lit";

import type { PatchGrid, Picture } from "../marks/patch-grid";
import type { TokenStrip, UnitRange } from "../marks/token-strip";
import type { Preferences } from "../theme/preferences";
import type { Beside } from "./beside";
import { caption, ramp, type BesidePlace } from "./beside-controls";
import { isGrid } from "./context";
import { spokenOf } from "./readings";
import type { Shown } from "./shown";

export interface Drawing {
  picture: Picture | null;
  preferences: Preferences;
  chosen: UnitRange | null;
  selected: readonly number[];
}

/** The first is the track that colours, drawn by the view itself. */
export function multiples(main: TemplateResult, shown: Shown, place: BesidePlace, drawing: Drawing): TemplateResult {
  const label = shown.track.label;
  return html`<div class="multiples ${isGrid(shown.strip) ? "pictures" : ""}">
    <figure>
      <figcaption class="row"><b>${label}</b></figcaption>
      ${main}
    </figure>
    ${place.beside.map(
      (beside) =>
        html`<figure>
          <figcaption class="row">${caption(place, beside)} ${ramp(beside)}</figcaption>
          ${mark(shown, beside, drawing)}
        </figure>`,
    )}
  </div>`;
}

function mark({ strip }: Shown, { shown }: Beside, drawing: Drawing): TemplateResult {
  const describe = (unit: number): string => spokenOf(shown, unit);
  if (isGrid(strip)) {
    const { marks, strength } = drawing.preferences;
    return html`<tessera-patch-grid
      .strip=${strip}
      .picture=${drawing.picture}
      .values=${shown.values}
      .scale=${shown.scale}
      .apart=${shown.apart}
      .selected=${drawing.selected}
      .describe=${describe}
      .marks=${marks}
      .strength=${strength}
    ></tessera-patch-grid>`;
  }
  return html`<tessera-token-strip
    .strip=${strip}
    .values=${shown.values}
    .scale=${shown.scale}
    .apart=${shown.apart}
    .describe=${describe}
    .invisible=${drawing.preferences.invisible}
    .marks=${drawing.preferences.marks}
    .chosen=${drawing.chosen}
    .selected=${drawing.selected}
  ></tessera-token-strip>`;
}

/** Lights a unit in every mark of a place; -1 in none. */
export function light(root: ParentNode, unit: number): void {
  for (const one of root.querySelectorAll<TokenStrip | PatchGrid>("tessera-token-strip, tessera-patch-grid")) {
    for (const tile of one.renderRoot.querySelectorAll(".lit")) tile.classList.remove("lit");
    if (unit >= 0) one.tileOf(unit)?.classList.add("lit");
  }
}
