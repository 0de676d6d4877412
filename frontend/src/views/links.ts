/** Weighted edges between units: click one to see where it comes from, or read the whole matrix. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import type { LinksPanel, Strip, Track } from "../contract";
import { decoded } from "../contract/arrays";
import { readsOf } from "../forms/cards";
import { strongest } from "../marks/arcs";
import type { BandChange, BandPreview, Selection } from "../marks/band";
import type { UnitEnter, UnitSelect } from "../marks/events";
import type { ScaleChange } from "../marks/legend";
import { popup } from "../marks/popup";
import type { PatchGrid } from "../marks/patch-grid";
import type { TokenStrip, UnitRange } from "../marks/token-strip";
import { Looking } from "../state/view";
import { t } from "../text";
import { PreferencesController } from "../theme/preferences";
import { adjusted, colourScale, type ColourScale } from "../theme/scales";
import { base } from "../theme/styles";
import { nameOf } from "../tokens/describe";
import { isGrid, pictureOf, stripOf, type PanelContext } from "./context";
import { rowWeights } from "./link-rows";
import { readingControls } from "./reading-controls";
import { fitting, initialSelection } from "./select";
import { sinkNote } from "./sink-note";
import { hasSinks, sinksOf } from "./sinks";
import { spoken, unitCard } from "./unit-card";
import "../marks/arc-layer";
import "../marks/band";
import "../marks/legend";
import "../marks/matrix";
import "../marks/patch-grid";
import "../marks/token-strip";

const ARCS = 6;
const NONE: ReadonlySet<number> = new Set();

export const links = (panel: LinksPanel, context: PanelContext): TemplateResult =>
  html`<tessera-links .panel=${panel} .context=${context}></tessera-links>`;

@customElement("tessera-links")
export class LinksView extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
      }
      .stage {
        position: relative;
        display: grid;
        gap: 1rem;
      }
    `,
  ];

  @property({ attribute: false }) panel!: LinksPanel;
  @property({ attribute: false }) context!: PanelContext;
  @query("[data-part='source']") private sourceMark!: TokenStrip | PatchGrid;
  @query("[data-part='target']") private targetMark!: TokenStrip | PatchGrid | null;
  private readonly preferences = new PreferencesController(this);
  private readonly look = new Looking(this, () => this.context.look);
  /** What the pointer looks at in the place of what is chosen. */
  private peeked: readonly Selection[] | null = null;

  private source!: Strip;
  private target!: Strip;
  private rows: Float32Array[] = [];
  private averaged: readonly Selection[] | null = null;
  private initial: readonly Selection[] = [];
  private sinks: ReadonlySet<number> = NONE;
  private off: ReadonlySet<number> = NONE;
  private own: ColourScale = { kind: "sequential", low: 0, high: 0 };
  private scale: ColourScale | null = null;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("panel")) {
      this.source = stripOf(this.context, this.panel.strip);
      this.target = stripOf(this.context, this.panel.target_strip);
      this.initial = this.panel.axes.map(initialSelection);
      this.sinks = new Set(this.panel.indices === null && hasSinks(this.panel) ? this.found() : []);
    }
    const selections = this.peeked ?? this.selections;
    if (changed.has("panel") || selections !== this.averaged) {
      this.averaged = selections;
      this.rows = rowWeights(this.panel, this.source.units.length, selections);
    }
    if (changed.has("panel") || this.apart !== this.off) this.own = this.scaleOf(this.apart);
    this.off = this.apart;
    this.scale = adjusted(this.own, this.look.value);
  }

  private get selections(): readonly Selection[] {
    return fitting(this.panel.axes, this.look.value.selections) ?? this.initial;
  }

  /** The row whose sources are shown: at first the last. */
  private get chosen(): number {
    return Math.min(this.look.value.row ?? Infinity, this.panel.rows.length - 1);
  }

  private get matrix(): boolean {
    return this.look.value.matrix ?? false;
  }

  /** As of a track whose rows are those of all targets. */
  private found(): readonly number[] {
    const track: Track = { ...this.panel, values: this.panel.weights, aggregate: [] };
    return sinksOf(this.source, track).units;
  }

  /** The units that are kept off the scale. */
  private get apart(): ReadonlySet<number> {
    return this.look.value.sinks === true ? NONE : this.sinks;
  }

  /** The scale of all weights but those of the sinks that are off it. */
  private scaleOf(apart: ReadonlySet<number>): ColourScale {
    const { data } = decoded(this.panel.weights);
    if (apart.size === 0) return colourScale(this.panel, data);
    const units = this.source.units.length;
    const most = data.reduce((best, value, at) => (value > best && !apart.has(at % units) ? value : best), 0);
    return colourScale({ ...this.panel, domain: [this.panel.domain[0], most] }, data);
  }

  protected override render(): TemplateResult {
    return html`
      <div class="row small">
        <button aria-pressed=${!this.matrix} @click=${() => this.look.set({ matrix: false })}>${t("links.one")}</button>
        <button aria-pressed=${this.matrix} @click=${() => this.look.set({ matrix: true })}>
          ${t("links.matrix")}
        </button>
        ${readingControls(this.preferences, isGrid(this.source) ? "picture" : "text")}
      </div>
      ${this.panel.axes.map(
        (axis, index) =>
          html`<tessera-band
            .axis=${axis}
            .selection=${this.selections[index] ?? [0, 0]}
            .initial=${initialSelection(axis)}
            @band-change=${({ selection }: BandChange) => this.choose(index, selection)}
            @band-preview=${({ slot }: BandPreview) => this.peek(index, slot)}
          ></tessera-band>`,
      )}
      ${this.matrix ? this.whole() : this.sourcesOfOne()} ${this.sinkNote()}
      <tessera-legend
        adjustable
        .scale=${this.scale}
        .values=${this.values}
        .unit=${this.panel.unit}
        .label=${this.panel.label}
        .reads=${readsOf(this.context.result)}
        @scale-change=${({ changes }: ScaleChange) => this.look.set(changes)}
      ></tessera-legend>
    `;
  }

  private sinkNote(): TemplateResult | typeof nothing {
    const place = { strip: this.source, sinks: [...this.sinks], apart: this.apart, own: this.values };
    return sinkNote({ ...place, unit: this.panel.unit }, (sinks) => this.look.set({ sinks }));
  }

  private choose(axis: number, selection: Selection): void {
    this.peeked = null;
    this.look.set({ selections: this.selections.map((known, at) => (at === axis ? selection : known)) });
  }

  private peek(axis: number, slot: number | null): void {
    this.peeked = slot === null ? null : this.selections.map((known, at) => (at === axis ? [slot, slot] : known));
    this.requestUpdate();
  }

  private get values(): Float32Array {
    return this.rows[this.chosen] ?? new Float32Array();
  }

  private get range(): UnitRange {
    return this.panel.rows[this.chosen] ?? [0, 0];
  }

  private sourcesOfOne(): TemplateResult {
    const one = this.source === this.target;
    return html`<p class="small muted">${t("links.choose")}</p>
      <div class="stage" @unit-leave=${() => popup().hide()}>
        ${this.unitsOf("source", this.source, one)} ${one ? nothing : this.unitsOf("target", this.target, true)}
        <tessera-arc-layer
          .links=${strongest(this.values, ARCS)}
          .to=${() => (this.targetMark ?? this.sourceMark).tileOf(this.range[0])}
          .locate=${(unit: number) => this.sourceMark.tileOf(unit)}
        ></tessera-arc-layer>
      </div>`;
  }

  private unitsOf(part: "source" | "target", strip: Strip, choosing: boolean): TemplateResult {
    const { invisible, marks, strength, beside } = this.preferences.value;
    const values = part === "source" ? this.values : null;
    const scale = part === "source" ? this.scale : null;
    const chosen = choosing ? this.range : null;
    const select = choosing ? this.select : null;
    if (isGrid(strip)) {
      return html`<tessera-patch-grid
        data-part=${part}
        .strip=${strip}
        .picture=${pictureOf(this.context, strip)}
        .values=${values}
        .scale=${scale}
        .apart=${part === "source" ? this.apart : NONE}
        .chosen=${chosen}
        .describe=${this.describe(strip, values)}
        .marks=${marks}
        .strength=${strength}
        .beside=${beside}
        @unit-enter=${this.enter(strip, values)}
        @unit-select=${select}
      ></tessera-patch-grid>`;
    }
    return html`<tessera-token-strip
      data-part=${part}
      .strip=${strip}
      .values=${values}
      .scale=${scale}
      .apart=${part === "source" ? this.apart : NONE}
      .chosen=${chosen}
      .describe=${this.describe(strip, values)}
      .invisible=${invisible}
      .marks=${marks}
      @unit-enter=${this.enter(strip, values)}
      @unit-select=${select}
    ></tessera-token-strip>`;
  }

  private whole(): TemplateResult {
    return html`<tessera-matrix
      .rows=${this.rows}
      .scale=${this.scale}
      .rowNames=${this.panel.rows.map(([from, to]) => this.target.units.slice(from, to).map(nameOf).join(" "))}
      .columnNames=${this.source.units.map(nameOf)}
      .unit=${this.panel.unit}
      .label=${this.panel.label}
    ></tessera-matrix>`;
  }

  private readings(unit: number, values: Float32Array | null) {
    return [{ label: this.panel.label, unit: this.panel.unit, value: values?.[unit] ?? NaN, shown: true }];
  }

  private readonly describe = (strip: Strip, values: Float32Array | null) => (unit: number) =>
    values === null ? nameOf(strip.units[unit] ?? { kind: "token" }) : spoken(strip, unit, this.readings(unit, values));

  private readonly enter =
    (strip: Strip, values: Float32Array | null) =>
    ({ index, anchor, by }: UnitEnter) =>
      popup().show(anchor, unitCard(strip, index, values === null ? [] : this.readings(index, values), null), by);

  private readonly select = ({ index }: UnitSelect): void => {
    const row = this.panel.rows.findIndex(([from, to]) => index >= from && index < to);
    if (row >= 0) this.look.set({ row });
    else popup().hide();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-links": LinksView;
  }
}
