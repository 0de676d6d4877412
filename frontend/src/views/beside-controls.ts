/** What is shown beside the track that colours: to add, to remove, and its small legends. */
import { html, nothing, type TemplateResult } from "lit";

import { gradient } from "../marks/scale-bar";
import { MOST_UNDER } from "../marks/under";
import type { Shortcut } from "../state/shortcuts";
import type { PanelView } from "../state/view";
import { t } from "../text";
import { number, quantity } from "../theme/format";
import { besideOf, includes, toggled, type Beside, type Offered } from "./beside";
import type { TrackToggle } from "./track-menu";
import "./track-menu";

export interface BesidePlace {
  view: PanelView;
  set: (changes: PanelView) => void;
  offered: readonly Offered[];
  beside: readonly Beside[];
  /** Pictures have no lines below them: further tracks are pictures of their own. */
  picture: boolean;
}

/** Nothing where no other track lies on the strip. */
export function besideControls({ view, set, offered, picture }: BesidePlace): TemplateResult | typeof nothing {
  const chosen = besideOf(view);
  if (offered.length === 0) return nothing;
  return html`<div class="row small beside">
    <tessera-track-menu
      .offered=${offered}
      .chosen=${chosen}
      @track-toggle=${({ id }: TrackToggle) => set({ beside: toggled(view, id) })}
    ></tessera-track-menu>
    ${picture || chosen.length === 0 ? nothing : layouts(view, set)}
  </div>`;
}

function layouts({ multiples = false }: PanelView, set: BesidePlace["set"]): TemplateResult {
  const layout = (name: "lines" | "multiples"): TemplateResult =>
    html`<button
      class="quiet"
      aria-pressed=${(name === "multiples") === multiples}
      @click=${() => set({ multiples: name === "multiples" })}
    >
      ${t(`beside.${name}`)}
    </button>`;
  return html`<span class="row" role="group" aria-label=${t("beside.layout")}
    >${layout("lines")}${layout("multiples")}</span
  >`;
}

/** The same by name, from the palette. */
export function besideActions({ view, set, offered, picture }: BesidePlace): Shortcut[] {
  const chosen = besideOf(view);
  const tracks = offered.flatMap(({ method, tracks: own }) =>
    own.map(({ id, label }): Shortcut => {
      const key = includes(chosen, id) ? "beside.remove" : "beside.compare";
      const run = (): void => set({ beside: toggled(view, id) });
      return { id: `beside.${method}.${label}`, label: t(key, { label, method }), group: "show", run };
    }),
  );
  if (picture || chosen.length === 0) return tracks;
  const next = view.multiples === true ? "beside.to-lines" : "beside.to-multiples";
  const turn = (): void => set({ multiples: view.multiples !== true });
  return [...tracks, { id: "beside.layout", label: t(next), group: "show", run: turn }];
}

/** Below the strip: what each line is, from above; those that found no room are named. */
export function lineLegends(place: BesidePlace): TemplateResult | typeof nothing {
  if (place.beside.length === 0) return nothing;
  return html`<ol class="lines small" aria-label=${t("beside.legend")}>
    ${place.beside.map(
      (beside, lane) =>
        html`<li class="row">
          ${
            lane < MOST_UNDER
              ? html`<svg viewBox="0 0 40 6" width="40" height="6" aria-hidden="true">
                  <polygon points="0,6 40,0 40,6" fill="color-mix(in oklab, var(--high), var(--ink) 35%)"></polygon>
                </svg>`
              : html`<span class="muted">${t("beside.no-room")}</span>`
          }
          ${caption(place, beside)}
        </li>`,
    )}
  </ol>`;
}

/** Label, method, the ends of the scale in numbers, and the way to remove it. */
export function caption(place: BesidePlace, { id, track, method, shown }: Beside): TemplateResult {
  const { kind, low, high, categories } = shown.scale;
  const range =
    kind === "categorical" ? (categories ?? []).join(", ") : `${number(low)} – ${quantity(high, track.unit)}`;
  return html`<b>${track.label}</b> ${method === track.label ? nothing : html`<span class="muted">${method}</span>`}
    <span class="range">${range}</span>
    <button
      class="quiet remove"
      aria-label=${t("beside.remove", { label: track.label, method })}
      title=${t("beside.remove", { label: track.label, method })}
      @click=${() => place.set({ beside: toggled(place.view, id) })}
    >
      ✕
    </button>`;
}

/** The colours of a scale, as a thin strip between its numbers. */
export const ramp = ({ shown }: Beside): TemplateResult | typeof nothing =>
  shown.scale.kind === "categorical"
    ? nothing
    : html`<span class="ramp" style="background: ${gradient(shown.scale)}" aria-hidden="true"></span>`;
