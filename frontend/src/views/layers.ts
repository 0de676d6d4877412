/** Which layers and heads of a track are shown: bands and a grid, and what the pointer looks at meanwhile. */
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";

import type { BandChange, BandPreview, Selection } from "../marks/band";
import type { Cell } from "../marks/head-cells";
import type { HeadsChange, HeadsPreview } from "../marks/head-grid";
import type { Looking, PanelView } from "../state/view";
import { t } from "../text";
import { cellOf, headsOf, placeOf, type Heads } from "./heads";
import { initialSelection } from "./select";
import type { Shown } from "./shown";
import "../marks/band";
import "../marks/head-grid";

export class Layers {
  /** What the pointer is over: it is shown until the pointer leaves, and is no part of the view. */
  private preview: Pick<PanelView, "selections" | "cells"> | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly look: Looking,
  ) {}

  /** The view with what the pointer looks at; null while it looks at nothing. */
  get looked(): PanelView | null {
    return this.preview === null ? null : { ...this.look.value, ...this.preview };
  }

  /** A control for each leading axis of the track, as the view has it: what is looked at does not move them. */
  controls(kept: Shown): TemplateResult | typeof nothing {
    const { track } = kept;
    const heads = headsOf(track);
    if (track.axes.length === 0) return nothing;
    return html`${track.axes.map((axis, index) =>
      heads !== null && axis.name === "head" && heads.layers !== null ? nothing : this.band(kept, index),
    )}
    ${heads === null ? nothing : this.grid(kept, heads)}`;
  }

  private band({ track, selections, cells }: Shown, index: number): TemplateResult {
    const axis = track.axes[index];
    if (axis === undefined) return html``;
    const shown = selections.map((own, at): Selection => (at === index ? this.reached(cells, at, own) : own));
    const replaced = (selection: Selection): Selection[] =>
      selections.map((known, at) => (at === index ? selection : known));
    return html`<tessera-band
      .axis=${axis}
      .selection=${shown[index] ?? [0, 0]}
      .initial=${initialSelection(axis)}
      @band-change=${({ selection }: BandChange) => this.set({ selections: replaced(selection), cells: undefined })}
      @band-preview=${({ slot }: BandPreview) =>
        this.peek(slot === null ? null : { selections: replaced([slot, slot]), cells: undefined })}
    ></tessera-band>`;
  }

  /** From the first to the last of the chosen layers, where single heads are chosen. */
  private reached(cells: Shown["cells"], axis: number, own: Selection): Selection {
    if (this.look.value.cells === undefined) return own;
    const along = cells.map((cell) => cell[axis] ?? 0);
    return [Math.min(...along), Math.max(...along)];
  }

  private grid(kept: Shown, heads: Heads): TemplateResult {
    const { track, cells } = kept;
    const label = t(`heads.${heads.rule}`);
    const at = (chosen: readonly Cell[]): readonly (readonly number[])[] =>
      chosen.map((cell) => placeOf(track.axes, cell));
    return html`<div class="heads">
      <tessera-head-grid
        .values=${heads.values}
        .scale=${heads.scale}
        .layers=${heads.layers === null ? null : heads.layers.values.map(String)}
        .heads=${heads.heads.values.map(String)}
        .chosen=${cells.map((place) => cellOf(track.axes, place))}
        .label=${label}
        @heads-change=${({ cells: chosen }: HeadsChange) =>
          this.set(chosen === null ? this.all(kept) : { cells: at(chosen), selections: undefined })}
        @heads-preview=${({ cell }: HeadsPreview) => this.peek(cell === null ? null : { cells: at([cell]) })}
      ></tessera-head-grid>
      <p class="small muted">
        ${t("heads.how", { label })}
        ${
          this.look.value.cells === undefined
            ? nothing
            : html`<span role="status">${t("heads.shown", { count: cells.length })}</span>`
        }
        ${
          this.look.value.cells === undefined || heads.layers !== null
            ? nothing
            : html`<button class="quiet" @click=${() => this.set({ cells: undefined, selections: undefined })}>
                ${t("band.reset")}
              </button>`
        }
      </p>
    </div>`;
  }

  /** Every head of the layers that are shown. */
  private all({ track, selections, cells }: Shown): PanelView {
    const whole = track.axes.map(({ name, values }, axis): Selection =>
      name === "head" ? [0, values.length - 1] : this.reached(cells, axis, selections[axis] ?? [0, 0]),
    );
    return { cells: undefined, selections: whole };
  }

  private set(changes: PanelView): void {
    this.preview = null;
    this.look.set(changes);
  }

  private peek(preview: Layers["preview"]): void {
    this.preview = preview;
    this.host.requestUpdate();
  }
}
