/** Tracks over one strip: coloured text or patches, a band for each further axis, the numbers on demand. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { ScoresPanel } from "../contract";
import { decoded } from "../contract/arrays";
import { strongest, type Link } from "../marks/arcs";
import type { BandChange } from "../marks/band";
import type { UnitEnter } from "../marks/events";
import type { PatchGrid } from "../marks/patch-grid";
import { popup } from "../marks/popup";
import type { TokenStrip, UnitRange } from "../marks/token-strip";
import { PreferencesController } from "../theme/preferences";
import { categoryOf, colourScale } from "../theme/scales";
import { Looking } from "../state/view";
import { MatchingController } from "../tokens/matching";
import { base } from "../theme/styles";
import { choicesAt } from "./alternatives";
import { Choosing } from "./choosing";
import { alternativesOf, decidingUnits, isGrid, pictureOf, stripOf, type PanelContext } from "./context";
import { groupCard, spanNote, spokenGroup, type Told } from "./grouping";
import { bytesNote, groupingControls } from "./grouping-controls";
import { scoreStyles } from "./score-styles";
import type { Pinned } from "./pins";
import { average, initialSelection } from "./select";
import { ShownOnce, type Shown } from "./shown";
import { readingControls } from "./reading-controls";
import { spoken, unitCard, type Reading } from "./unit-card";
import "../marks/arc-layer";
import "../marks/band";
import "../marks/legend";
import "../marks/patch-grid";
import "../marks/token-strip";

const ARCS = 5;

export const scores = (panel: ScoresPanel, context: PanelContext): TemplateResult =>
  html`<tessera-scores .panel=${panel} .context=${context}></tessera-scores>`;

@customElement("tessera-scores")
export class ScoresView extends LitElement {
  static override styles = [base, scoreStyles];

  @property({ attribute: false }) panel!: ScoresPanel;
  @property({ attribute: false }) context!: PanelContext;
  @state() private truthShown = false;
  @query("tessera-token-strip, tessera-patch-grid") private mark!: TokenStrip | PatchGrid;
  private readonly preferences = new PreferencesController(this);
  private readonly look = new Looking(this, () => this.context.look);
  private readonly once = new ShownOnce();
  private readonly choosing = new Choosing(this, this.look, () => ({
    ...{ context: this.context, shown: this.shown },
    readings: (unit) => this.readings(unit),
  }));
  private shown!: Shown;
  private signed: { of: Pinned; by: ((unit: number) => string) | null } | null = null;
  private deciding: ReadonlySet<number> = new Set();

  constructor() {
    super();
    new MatchingController(this);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const strip = stripOf(this.context, this.panel.strip);
    if (changed.has("panel")) this.deciding = decidingUnits(strip, this.context.truth);
    this.shown = this.once.get(this.panel, strip, this.look.value);
  }

  protected override render(): TemplateResult {
    const grid = isGrid(this.shown.strip);
    const wide = grid && this.preferences.value.beside ? "wide" : "";
    return html`
      ${this.tabs()}
      ${this.shown.track.axes.map(
        (axis, index) =>
          html`<tessera-band
            .axis=${axis}
            .selection=${this.shown.selections[index] ?? [0, 0]}
            .initial=${initialSelection(axis)}
            @band-change=${({ selection }: BandChange) =>
              this.look.set({
                selections: this.shown.selections.map((known, at) => (at === index ? selection : known)),
              })}
          ></tessera-band>`,
      )}
      <div
        class="stage ${grid ? "image" : ""} ${wide}"
        @unit-enter=${this.enter}
        @unit-leave=${() => popup().hide()}
        @unit-select=${this.choosing.select}
        @unit-reach=${this.choosing.reach}
        @pointerdown=${this.choosing.pressed}
        @click=${this.choosing.away}
        @keydown=${this.choosing.keyed}
      >
        ${grid ? this.patches() : this.text()}
      </div>
      ${bytesNote(this.shown.strip, this.shown.grouping)}
      ${this.choosing.spans ? spanNote(this.shown.strip, this.choosing.grouping.span, this.told()) : nothing}
      ${this.choosing.note()} ${this.choosing.pins()}
      <tessera-legend
        .scale=${this.shown.scale}
        .values=${this.shown.values}
        .unit=${this.shown.track.unit}
        .label=${this.shown.track.label}
        .reads=${this.context.result.provenance.reads}
      ></tessera-legend>
    `;
  }

  private tabs(): TemplateResult {
    const several = this.panel.tracks.length > 1;
    const truth = this.context.truth?.box != null && isGrid(this.shown.strip);
    return html`<div class="row small">
      ${
        several
          ? this.panel.tracks.map(
              ({ label }, index) =>
                html`<button
                  aria-pressed=${index === this.shown.index}
                  @click=${() => this.look.set({ track: index, selections: undefined })}
                >
                  ${label}
                </button>`,
            )
          : nothing
      }
      ${isGrid(this.shown.strip) ? nothing : groupingControls(this.shown.strip, this.shown.track, this.choosing.grouping, (next) => this.choosing.group(next))}
      ${this.choosing.switch()} ${readingControls(this.preferences, isGrid(this.shown.strip) ? "picture" : "text")}
      ${
        truth
          ? html`<button
              class="quiet"
              aria-pressed=${this.truthShown}
              @click=${() => (this.truthShown = !this.truthShown)}
            >
              outline the object
            </button>`
          : nothing
      }
    </div>`;
  }

  private text(): TemplateResult {
    const { invisible, marks } = this.preferences.value;
    const chosen = this.choosing.spans ? this.choosing.grouping.span : this.choosing.chosen();
    const settled = !this.choosing.spans && chosen !== null && !this.context.waiting;
    return html`<tessera-token-strip
        .strip=${this.shown.strip}
        .values=${this.shown.values}
        .scale=${this.shown.scale}
        .describe=${this.describe}
        .invisible=${invisible}
        .marks=${marks}
        .cells=${this.shown.grouping.by === "bytes"}
        .groups=${this.shown.grouped?.of ?? null}
        .classOf=${this.shown.grouped?.noun === "match" ? this.matchOf : null}
        .chosen=${chosen}
        .spanning=${this.choosing.spans || this.choosing.selecting}
        .ranging=${this.choosing.asks}
        .selected=${this.choosing.selected}
        .outlined=${this.deciding}
        .noteOf=${this.signs()}
      ></tessera-token-strip>
      <tessera-arc-layer
        .links=${settled ? this.sources(chosen) : []}
        .to=${() => (chosen === null ? null : this.mark.tileOf(chosen[0]))}
        .locate=${(unit: number) => this.mark.tileOf(unit)}
      ></tessera-arc-layer>`;
  }

  private patches(): TemplateResult {
    const { marks, strength, beside } = this.preferences.value;
    return html`<tessera-patch-grid
      .strip=${this.shown.strip}
      .picture=${pictureOf(this.context, this.shown.strip)}
      .values=${this.shown.values}
      .scale=${this.shown.scale}
      .selected=${this.choosing.selected}
      .describe=${this.describe}
      .marks=${marks}
      .strength=${strength}
      .beside=${beside}
      .truth=${this.truthShown ? (this.context.truth?.box ?? null) : null}
    ></tessera-patch-grid>`;
  }

  private sources([from, to]: UnitRange): Link[] {
    return strongest(this.shown.own, ARCS + to - from)
      .filter(({ source }) => source < from || source >= to)
      .slice(0, ARCS);
  }

  /** The same function as long as the same units are pinned: what changes is painted anew. */
  private signs(): ((unit: number) => string) | null {
    if (this.signed?.of !== this.choosing.pinned) this.signed = { of: this.choosing.pinned, by: this.choosing.signs() };
    return this.signed.by;
  }

  private readings(index: number): Reading[] {
    return this.told().map((told) => readingOf(told, index));
  }

  /** Every track with its numbers, the shown one where the bands stand. */
  private told(): Told[] {
    return this.panel.tracks.map((track, at) => {
      const shown = at === this.shown.index;
      const values = shown ? this.shown.own : average(decoded(track.values), track.axes.map(initialSelection));
      return { track, values, shown };
    });
  }

  private readonly matchOf = (unit: number): string => {
    const { grouped } = this.shown;
    return grouped?.matches[grouped.of[unit] ?? 0] === true ? "match" : "";
  };

  private readonly describe = (unit: number): string =>
    this.shown.grouped === null
      ? spoken(this.shown.strip, unit, [
          readingOf({ track: this.shown.track, values: this.shown.values, shown: true }, unit),
        ])
      : spokenGroup(this.shown.strip, this.shown.grouped, unit, this.shown.track);

  private readonly enter = ({ index, anchor, by }: UnitEnter): void => {
    if (this.shown.grouped !== null) {
      popup().show(
        anchor,
        groupCard(this.shown.strip, this.shown.grouped, index, this.told(), this.choosing.grouping),
        by,
      );
      return;
    }
    const panel = this.choosing.spans ? null : alternativesOf(this.context, this.shown.strip);
    const choices = panel ? choicesAt(panel, this.shown.strip, index) : null;
    popup().show(anchor, unitCard(this.shown.strip, index, this.readings(index), choices), by);
  };
}

function readingOf({ track, values, shown }: Told, unit: number): Reading {
  const value = values[unit] ?? NaN;
  const name = track.scale === "categorical" ? categoryOf(colourScale(track, []), value) : null;
  return { label: track.label, unit: track.unit, value, name, shown };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-scores": ScoresView;
  }
}
