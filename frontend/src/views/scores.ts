/** Tracks over one strip: coloured text or patches, a band for each further axis, the numbers on demand. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { ScoresPanel, Strip, Track } from "../contract";
import { decoded } from "../contract/arrays";
import { strongest, type Link } from "../marks/arcs";
import type { BandChange, Selection } from "../marks/band";
import type { UnitEnter, UnitSelect } from "../marks/events";
import type { PatchGrid } from "../marks/patch-grid";
import { popup } from "../marks/popup";
import type { TokenStrip, UnitRange } from "../marks/token-strip";
import { PreferencesController } from "../theme/preferences";
import { colourScale, type ColourScale } from "../theme/scales";
import { base } from "../theme/styles";
import { choicesAt } from "./alternatives";
import { alternativesOf, decidingUnits, isGrid, pictureOf, stripOf, type PanelContext } from "./context";
import { average, initialSelection } from "./select";
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
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
      }
      .stage {
        position: relative;
        min-inline-size: 0;
      }
      .stage.image {
        max-inline-size: 30rem;
      }
      .stage.image.wide {
        max-inline-size: 46rem;
      }
    `,
  ];

  @property({ attribute: false }) panel!: ScoresPanel;
  @property({ attribute: false }) context!: PanelContext;
  @state() private shown = 0;
  @state() private selections: readonly Selection[] = [];
  @state() private truthShown = false;
  @query("tessera-token-strip, tessera-patch-grid") private mark!: TokenStrip | PatchGrid;
  private readonly preferences = new PreferencesController(this);

  /** What the shown track says of each unit, and its scale: kept until panel, track or selection change. */
  private values: Float32Array = new Float32Array();
  private scale: ColourScale | null = null;
  private strip!: Strip;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("panel")) {
      this.strip = stripOf(this.context, this.panel.strip);
      this.show(Math.min(this.shown, this.panel.tracks.length - 1));
    }
    if (!changed.has("panel") && !changed.has("shown") && !changed.has("selections")) return;
    const track = this.track;
    this.values = average(decoded(track.values), this.selections);
    this.scale = colourScale(track, decoded(track.values).data);
  }

  protected override render(): TemplateResult {
    const grid = isGrid(this.strip);
    const wide = grid && this.preferences.value.beside ? "wide" : "";
    return html`
      ${this.tabs()}
      ${this.track.axes.map(
        (axis, index) =>
          html`<tessera-band
            .axis=${axis}
            .selection=${this.selections[index] ?? [0, 0]}
            .initial=${initialSelection(axis)}
            @band-change=${({ selection }: BandChange) =>
              (this.selections = this.selections.map((known, at) => (at === index ? selection : known)))}
          ></tessera-band>`,
      )}
      <div
        class="stage ${grid ? "image" : ""} ${wide}"
        @unit-enter=${this.enter}
        @unit-leave=${() => popup().hide()}
        @unit-select=${this.select}
      >
        ${grid ? this.patches() : this.text()}
      </div>
      <tessera-legend
        .scale=${this.scale}
        .values=${this.values}
        .unit=${this.track.unit}
        .label=${this.track.label}
        .reads=${this.context.result.provenance.reads}
      ></tessera-legend>
    `;
  }

  private get track(): Track {
    const track = this.panel.tracks[this.shown];
    if (!track) throw new Error("a scores panel without tracks");
    return track;
  }

  private show(index: number): void {
    const axes = this.panel.tracks[index]?.axes ?? [];
    this.shown = index;
    this.selections = axes.map(initialSelection);
  }

  private tabs(): TemplateResult {
    const several = this.panel.tracks.length > 1;
    const truth = this.context.truth?.box != null && isGrid(this.strip);
    return html`<div class="row small">
      ${
        several
          ? this.panel.tracks.map(
              ({ label }, index) =>
                html`<button aria-pressed=${index === this.shown} @click=${() => this.show(index)}>${label}</button>`,
            )
          : nothing
      }
      ${readingControls(this.preferences, isGrid(this.strip) ? "picture" : "text")}
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
    const chosen = this.chosen();
    const settled = chosen !== null && this.context.asked === null;
    return html`<tessera-token-strip
        .strip=${this.strip}
        .values=${this.values}
        .scale=${this.scale}
        .describe=${this.describe}
        .invisible=${invisible}
        .marks=${marks}
        .chosen=${chosen}
        .outlined=${decidingUnits(this.strip, this.context.truth)}
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
      .strip=${this.strip}
      .picture=${pictureOf(this.context, this.strip)}
      .values=${this.values}
      .scale=${this.scale}
      .describe=${this.describe}
      .marks=${marks}
      .strength=${strength}
      .beside=${beside}
      .truth=${this.truthShown ? (this.context.truth?.box ?? null) : null}
    ></tessera-patch-grid>`;
  }

  private sources([from, to]: UnitRange): Link[] {
    return strongest(this.values, ARCS + to - from)
      .filter(({ source }) => source < from || source >= to)
      .slice(0, ARCS);
  }

  /** The units that the result explains, when they lie on this strip. */
  private chosen(): UnitRange | null {
    const { asked, result } = this.context;
    if (asked?.strip === this.strip.id) return [asked.from, asked.to];
    const { target } = result;
    if (target?.strip !== this.strip.id || target.start === null || target.stop === null) return null;
    return [target.start, target.stop];
  }

  private readings(index: number): Reading[] {
    return this.panel.tracks.map((track, at) => ({
      label: track.label,
      unit: track.unit,
      shown: at === this.shown,
      value: at === this.shown ? (this.values[index] ?? NaN) : this.elsewhere(track, index),
    }));
  }

  private elsewhere(track: Track, index: number): number {
    return average(decoded(track.values), track.axes.map(initialSelection))[index] ?? NaN;
  }

  private readonly describe = (unit: number): string =>
    spoken(this.strip, unit, [
      { label: this.track.label, unit: this.track.unit, value: this.values[unit] ?? NaN, shown: true },
    ]);

  private readonly enter = ({ index, anchor, by }: UnitEnter): void => {
    const panel = alternativesOf(this.context, this.strip);
    const choices = panel ? choicesAt(panel, this.strip, index) : null;
    popup().show(anchor, unitCard(this.strip, index, this.readings(index), choices), by);
  };

  private readonly select = ({ index, extend, anchor, by }: UnitSelect): void => {
    this.offer(index, anchor, by);
    const unit = this.strip.units[index];
    const { explain, result } = this.context;
    const askable = unit?.segment === "generated" || unit?.segment === "predicted" || result.lens === "importance";
    if (explain === null || unit === undefined || unit.special || !askable || index === 0 || isGrid(this.strip)) return;
    const [from, to] = (extend ? this.chosen() : null) ?? [index, index + 1];
    explain(this.strip.id, Math.min(from, index), Math.max(to, index + 1));
  };

  /** What else could have stood there, to go on from. */
  private offer(index: number, anchor: HTMLElement | SVGElement, by: "pointer" | "keyboard"): void {
    const panel = alternativesOf(this.context, this.strip);
    const branch = this.context.branch?.(this.strip, index) ?? null;
    const choices = panel && branch ? choicesAt(panel, this.strip, index, branch) : null;
    if (choices !== null) popup().pin(anchor, unitCard(this.strip, index, this.readings(index), choices), by);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-scores": ScoresView;
  }
}
