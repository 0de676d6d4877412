/** The same strip once for each track, aligned, or the same picture; what is pointed at in one is lit in all. */
import { html, type TemplateResult } from "lit";

import type { PatchGrid } from "../marks/patch-grid";
import type { TokenStrip, UnitRange } from "../marks/token-strip";
import type { PanelView } from "../state/view";
import type { Preferences } from "../theme/preferences";
import type { Beside } from "./beside";
import { caption, ramp, type BesidePlace } from "./beside-controls";
import { isGrid, type PanelContext } from "./context";
import { picture } from "./pictures";
import { spokenOf } from "./readings";
import type { Shown } from "./shown";

/** How the view draws its own track. */
export interface Drawing {
  context: PanelContext;
  view: PanelView;
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

function mark({ strip }: Shown, { shown }: Beside, { chosen, ...drawing }: Drawing): TemplateResult {
  const describe = (unit: number): string => spokenOf(shown, unit);
  if (isGrid(strip)) {
    const preferences = { ...drawing.preferences, beside: false };
    return picture({ ...drawing, preferences, shown, held: null, describe, truth: null });
  }
  return html`<tessera-token-strip
    .strip=${strip}
    .values=${shown.values}
    .scale=${shown.scale}
    .apart=${shown.apart}
    .describe=${describe}
    .invisible=${drawing.preferences.invisible}
    .marks=${drawing.preferences.marks}
    .chosen=${chosen}
    .selected=${drawing.selected}
  ></tessera-token-strip>`;
}

/** Lights the unit that is pointed at in every mark of a place; those that were lit are known, for texts are long. */
export class Lighting {
  private lit: Element[] = [];

  show(root: ParentNode, unit: number): void {
    this.clear();
    const marks = root.querySelectorAll<TokenStrip | PatchGrid>("tessera-token-strip, tessera-patch-grid");
    this.lit = Array.from(marks).flatMap((mark) => mark.tileOf(unit) ?? []);
    for (const tile of this.lit) tile.classList.add("lit");
  }

  clear(): void {
    for (const tile of this.lit) tile.classList.remove("lit");
    this.lit = [];
  }
}
