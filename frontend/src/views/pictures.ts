/** How colours lie on a picture: filled or in outline, mixed with it or not; and how dragging selects its patches. */
import { html, nothing, type TemplateResult } from "lit";

import { LEVELS } from "../marks/patch-fills";
import type { Blend, Drawing } from "../marks/patch-layers";
import type { Box } from "../marks/patches";
import type { Sweep } from "../marks/sweeping";
import type { PanelView } from "../state/view";
import { t } from "../text";
import { quantity } from "../theme/format";
import type { Preferences } from "../theme/preferences";
import { valueAt } from "../theme/scales";
import { pictureOf, type PanelContext } from "./context";
import type { Shown } from "./shown";

const DRAWINGS: readonly Drawing[] = ["fill", "outline"];
const BLENDS: readonly Blend[] = ["normal", "multiply", "screen"];
const SWEEPS: readonly Sweep[] = ["box", "brush"];

export const drawingOf = ({ drawing }: PanelView): Drawing => drawing ?? "fill";
export const blendOf = ({ blend }: PanelView): Blend => blend ?? "normal";
export const sweepOf = ({ tool, sweep }: PanelView): Sweep | null => (tool === "select" ? (sweep ?? "box") : null);

/** The switches above a picture. `beside`: the colours do not lie on it. */
export function pictureTools(look: PanelView, beside: boolean, set: (changes: PanelView) => void): TemplateResult {
  const drawing = drawingOf(look);
  return html`${choice("drawing", DRAWINGS, drawing, (one) => set({ drawing: one }))}
  ${beside || drawing === "outline" ? nothing : choice("blend", BLENDS, blendOf(look), (one) => set({ blend: one }))}
  ${look.tool === "select" ? choice("sweep", SWEEPS, sweepOf(look) ?? "box", (one) => set({ sweep: one })) : nothing}`;
}

function choice<Name extends Drawing | Blend | Sweep>(
  kind: "drawing" | "blend" | "sweep",
  names: readonly Name[],
  chosen: Name,
  choose: (name: Name) => void,
): TemplateResult {
  return html`<label class="row muted">
    ${t(`picture.${kind}`)}
    <select
      aria-label=${t(`picture.${kind}-how`)}
      @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as Name)}
    >
      ${names.map((name) => html`<option value=${name} .selected=${name === chosen}>${t(`picture.${name}`)}</option>`)}
    </select>
  </label>`;
}

/** What the legend does not say: at which numbers lines are, and that colours mix with the picture below them. */
export function pictureNote(
  { scale, track }: Shown,
  look: PanelView,
  beside: boolean,
): TemplateResult | typeof nothing {
  if (drawingOf(look) === "outline") {
    if (scale.kind === "categorical") return html`<p class="small muted">${t("picture.no-lines")}</p>`;
    const numbers = LEVELS.map((level) => quantity(valueAt(scale, level), track.unit)).join(" · ");
    const signed = scale.kind === "diverging";
    return html`<p class="small muted">${t(signed ? "picture.lines-signed" : "picture.lines", { numbers })}</p>`;
  }
  if (beside || blendOf(look) === "normal") return nothing;
  return html`<p class="small muted">${t("picture.mixed")}</p>`;
}

export interface Pictured {
  context: PanelContext;
  shown: Shown;
  view: PanelView;
  preferences: Preferences;
  selected: readonly number[];
  /** The patch whose links are shown. */
  held: number | null;
  describe: (unit: number) => string;
  truth: Box | null;
}

export function picture({ context, shown, view, preferences, ...more }: Pictured): TemplateResult {
  const { marks, strength, beside } = preferences;
  return html`<tessera-patch-grid
    .strip=${shown.strip}
    .picture=${pictureOf(context, shown.strip)}
    .values=${shown.values}
    .scale=${shown.scale}
    .apart=${shown.apart}
    .chosen=${more.held === null ? null : [more.held, more.held + 1]}
    .selected=${more.selected}
    .sweep=${sweepOf(view)}
    .describe=${more.describe}
    .marks=${marks}
    .strength=${strength}
    .beside=${beside}
    .drawing=${drawingOf(view)}
    .blend=${blendOf(view)}
    .truth=${more.truth}
  ></tessera-patch-grid>`;
}
