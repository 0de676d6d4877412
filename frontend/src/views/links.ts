/** Weighted edges between units: click one to see where it comes from, or read the whole matrix. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { LinksPanel, Strip } from "../contract";
import { decoded } from "../contract/arrays";
import { strongest } from "../marks/arcs";
import type { BandChange, Selection } from "../marks/band";
import type { UnitEnter, UnitSelect } from "../marks/events";
import { popup } from "../marks/popup";
import type { PatchGrid } from "../marks/patch-grid";
import type { TokenStrip, UnitRange } from "../marks/token-strip";
import { t } from "../text";
import { PreferencesController } from "../theme/preferences";
import { colourScale, type ColourScale } from "../theme/scales";
import { base } from "../theme/styles";
import { nameOf } from "../tokens/describe";
import { isGrid, pictureOf, stripOf, type PanelContext } from "./context";
import { rowWeights } from "./link-rows";
import { readingControls } from "./reading-controls";
import { initialSelection } from "./select";
import { spoken, unitCard } from "./unit-card";
import "../marks/arc-layer";
import "../marks/band";
import "../marks/legend";
import "../marks/matrix";
import "../marks/patch-grid";
import "../marks/token-strip";

const ARCS = 6;

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
  @state() private chosen = 0;
  @state() private selections: readonly Selection[] = [];
  @state() private matrix = false;
  @query("[data-part='source']") private sourceMark!: TokenStrip | PatchGrid;
  @query("[data-part='target']") private targetMark!: TokenStrip | PatchGrid | null;
  private readonly preferences = new PreferencesController(this);

  private source!: Strip;
  private target!: Strip;
  private rows: Float32Array[] = [];
  private scale: ColourScale | null = null;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("panel")) {
      this.source = stripOf(this.context, this.panel.strip);
      this.target = stripOf(this.context, this.panel.target_strip);
      this.selections = this.panel.axes.map(initialSelection);
      this.chosen = this.panel.rows.length - 1;
      this.scale = colourScale(this.panel, decoded(this.panel.weights).data);
    }
    if (changed.has("panel") || changed.has("selections")) {
      this.rows = rowWeights(this.panel, this.source.units.length, this.selections);
    }
  }

  protected override render(): TemplateResult {
    return html`
      <div class="row small">
        <button aria-pressed=${!this.matrix} @click=${() => (this.matrix = false)}>${t("links.one")}</button>
        <button aria-pressed=${this.matrix} @click=${() => (this.matrix = true)}>${t("links.matrix")}</button>
        ${readingControls(this.preferences, isGrid(this.source) ? "picture" : "text")}
      </div>
      ${this.panel.axes.map(
        (axis, index) =>
          html`<tessera-band
            .axis=${axis}
            .selection=${this.selections[index] ?? [0, 0]}
            .initial=${initialSelection(axis)}
            @band-change=${({ selection }: BandChange) =>
              (this.selections = this.selections.map((known, at) => (at === index ? selection : known)))}
          ></tessera-band>`,
      )}
      ${this.matrix ? this.whole() : this.sourcesOfOne()}
      <tessera-legend
        .scale=${this.scale}
        .values=${this.values}
        .unit=${this.panel.unit}
        .label=${this.panel.label}
        .reads=${this.context.result.provenance.reads}
      ></tessera-legend>
    `;
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
    if (row >= 0) this.chosen = row;
    else popup().hide();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-links": LinksView;
  }
}
