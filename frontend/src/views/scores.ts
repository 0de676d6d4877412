/** Tracks over one strip: coloured text or patches, a band for each further axis, the numbers on demand. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { ScoresPanel, Strip, Track } from "../contract";
import { decoded } from "../contract/arrays";
import { strongest, type Link } from "../marks/arcs";
import type { BandChange, Selection } from "../marks/band";
import type { UnitEnter, UnitReach, UnitSelect } from "../marks/events";
import type { PatchGrid } from "../marks/patch-grid";
import { popup } from "../marks/popup";
import type { TokenStrip, UnitRange } from "../marks/token-strip";
import { PreferencesController } from "../theme/preferences";
import { categoryOf, colourScale, type ColourScale } from "../theme/scales";
import { base } from "../theme/styles";
import { rechosen } from "../tokens/spans";
import { choicesAt } from "./alternatives";
import { alternativesOf, decidingUnits, isGrid, pictureOf, stripOf, type PanelContext } from "./context";
import {
  groupCard,
  grouped,
  groupingControls,
  spanNote,
  spokenGroup,
  TOKENS,
  type Grouped,
  type Told,
} from "./grouping";
import { scoreStyles } from "./score-styles";
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
  static override styles = [base, scoreStyles];

  @property({ attribute: false }) panel!: ScoresPanel;
  @property({ attribute: false }) context!: PanelContext;
  @state() private shown = 0;
  @state() private selections: readonly Selection[] = [];
  @state() private truthShown = false;
  @state() private grouping = TOKENS;
  @query("tessera-token-strip, tessera-patch-grid") private mark!: TokenStrip | PatchGrid;
  private readonly preferences = new PreferencesController(this);

  /** What the shown track says of each unit, and its scale: kept until panel, track or selection change. */
  private own: Float32Array = new Float32Array();
  /** The same of the words or sentences that a person chose to see instead, and what is drawn of the two. */
  private grouped: Grouped | null = null;
  private values: Float32Array = new Float32Array();
  private deciding: ReadonlySet<number> = new Set();
  private scale: ColourScale | null = null;
  private strip!: Strip;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("panel")) {
      this.strip = stripOf(this.context, this.panel.strip);
      this.show(Math.min(this.shown, this.panel.tracks.length - 1));
      this.grouping = { ...this.grouping, span: null };
      this.deciding = decidingUnits(this.strip, this.context.truth);
    }
    if (!["panel", "shown", "selections", "grouping"].some((name) => changed.has(name))) return;
    const track = this.track;
    this.own = average(decoded(track.values), this.selections);
    this.grouped = isGrid(this.strip) ? null : grouped(this.strip, track, this.own, this.grouping);
    this.values = this.grouped?.values ?? this.own;
    this.scale = this.grouped?.scale ?? colourScale(track, decoded(track.values).data);
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
        @unit-reach=${({ from, to }: UnitReach) => (this.grouping = { ...this.grouping, span: [from, to] })}
      >
        ${grid ? this.patches() : this.text()}
      </div>
      ${this.spans ? spanNote(this.strip, this.grouping.span, this.told()) : nothing}
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

  /** Whether a click chooses a span, and asks for nothing else. */
  private get spans(): boolean {
    return this.grouping.by === "span" && !isGrid(this.strip);
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
      ${isGrid(this.strip) ? nothing : groupingControls(this.track, this.grouping, (next) => (this.grouping = next))}
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
    const chosen = this.spans ? this.grouping.span : this.chosen();
    const settled = !this.spans && chosen !== null && this.context.asked === null;
    return html`<tessera-token-strip
        .strip=${this.strip}
        .values=${this.values}
        .scale=${this.scale}
        .describe=${this.describe}
        .invisible=${invisible}
        .marks=${marks}
        .chosen=${chosen}
        .spanning=${this.spans}
        .outlined=${this.deciding}
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
    return strongest(this.own, ARCS + to - from)
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
    return this.told().map((told) => readingOf(told, index));
  }

  /** Every track with its numbers, the shown one where the bands stand. */
  private told(): Told[] {
    return this.panel.tracks.map((track, at) => {
      const shown = at === this.shown;
      const values = shown ? this.own : average(decoded(track.values), track.axes.map(initialSelection));
      return { track, values, shown };
    });
  }

  private readonly describe = (unit: number): string =>
    this.grouped === null
      ? spoken(this.strip, unit, [readingOf({ track: this.track, values: this.values, shown: true }, unit)])
      : spokenGroup(this.strip, this.grouped, unit, this.track);

  private readonly enter = ({ index, anchor, by }: UnitEnter): void => {
    if (this.grouped !== null) {
      popup().show(anchor, groupCard(this.strip, this.grouped, index, this.told(), this.grouping), by);
      return;
    }
    const panel = this.spans ? null : alternativesOf(this.context, this.strip);
    const choices = panel ? choicesAt(panel, this.strip, index) : null;
    popup().show(anchor, unitCard(this.strip, index, this.readings(index), choices), by);
  };

  private readonly select = ({ index, extend, anchor, by }: UnitSelect): void => {
    if (this.spans) {
      this.grouping = { ...this.grouping, span: rechosen(this.grouping.span, index, extend) };
      return;
    }
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
