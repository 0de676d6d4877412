/** The buttons of a card that set aside what it shows: the track that colours each of its panels of scores. */
import { html, nothing, type TemplateResult } from "lit";

import type { Panel, Result, SourceState } from "../contract";
import { pageOf, type Pin } from "../state/pins";
import type { Shortcut } from "../state/shortcuts";
import type { ViewStore } from "../state/view";
import { t } from "../text";
import { titleOf } from "./run-header";
import "./pin-button";

export interface Pinnable {
  /** The interface's address of the run, and the result's id. */
  base: string;
  id: string;
  result: Result;
  /** `Surprisal · demo-lm`. */
  name: string;
  sources: readonly SourceState[];
  view: ViewStore;
  key: string;
}

export function pinButtons(of: Pinnable): TemplateResult | typeof nothing {
  const panels = of.result.panels.filter((panel) => panel.kind === "scores" && panel.tracks.length > 0);
  // On pages of other sites there is nothing to compare with.
  if (panels.length === 0 || !of.base.startsWith("/api/")) return nothing;
  return html`<div class="pins">
    ${panels.map((panel) => html`<tessera-pin-button .pin=${() => pinOf(of, panel)}></tessera-pin-button>`)}
  </div>`;
}

/** The track of a panel that colours, at the ranges of its axes that are chosen; or a row of segmentations. */
export function pinOf(of: Pinnable, panel: Panel, row?: { id: string; label: string }): Pin {
  const at = of.result.panels.indexOf(panel);
  const place = { at: pageOf(of.base), result: of.id, panel: at };
  const title = titleOf({ sources: [...of.sources] });
  if (row) return { ...place, part: row.id, name: row.label, of: title };
  const { track: index = 0, selections } = of.view.look(`${of.key}/${at}`).value;
  const track = panel.kind === "scores" ? (panel.tracks[index] ?? panel.tracks[0]) : undefined;
  const fits = selections !== undefined && selections.length > 0 && selections.length === track?.axes.length;
  const name = track === undefined || track.label === of.name.split(" · ")[0] ? of.name : `${of.name} · ${track.label}`;
  return { ...place, part: track?.name ?? "", ...(fits ? { selections } : {}), name, of: title };
}

/** `p` presses the first of a card's buttons. */
export const pinShortcut = (root: () => ParentNode): Shortcut => ({
  ...{ id: "pin", label: t("pins.action"), group: "show" as const, keys: "p" },
  when: () => root().querySelector("tessera-pin-button") !== null,
  run: () => root().querySelector("tessera-pin-button")?.toggle(),
});
