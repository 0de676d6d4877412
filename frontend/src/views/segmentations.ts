/** How several tokenizers cut the same text: aligned rows, shared boundaries, what it costs. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { SegmentationsPanel, Strip, Unit } from "../contract";
import { readsOf } from "../forms/cards";
import type { UnitEnter } from "../marks/events";
import { popup } from "../marks/popup";
import { Roving } from "../marks/roving";
import { isRightToLeft, staves, type StaveLine, type StavePiece } from "../marks/staves";
import { staveStyles } from "../marks/stave-styles";
import { t } from "../text";
import { count } from "../theme/format";
import { PreferencesController } from "../theme/preferences";
import { base } from "../theme/styles";
import { hex, nameOf } from "../tokens/describe";
import { quoted, showInvisible } from "../tokens/visible";
import { stripOf, type PanelContext } from "./context";
import { readingControls } from "./reading-controls";
import "./metrics";

/** Columns of the widest rows, and the width of one in the row's face at 17 px, wide characters being two. */
const MOST_COLUMNS = 84;
const COLUMN = 9.4;
const LINES_AT_ONCE = 60;
/** A grapheme of more tokens than this says how many instead of showing where they meet. */
const MOST_TICKS = 6;

export const segmentations = (panel: SegmentationsPanel, context: PanelContext): TemplateResult =>
  html`<tessera-segmentations .panel=${panel} .context=${context}></tessera-segmentations>`;

@customElement("tessera-segmentations")
export class SegmentationsView extends LitElement {
  static override styles = [base, staveStyles];

  @property({ attribute: false }) panel!: SegmentationsPanel;
  @property({ attribute: false }) context!: PanelContext;
  @state() private columns = MOST_COLUMNS;
  @state() private lit: readonly [from: number, to: number] | null = null;
  @state() private shownLines = LINES_AT_ONCE;
  private readonly preferences = new PreferencesController(this);
  private strips: Strip[] = [];
  private lines: StaveLine[] = [];
  /** The pieces in the order in which they are drawn; `data-unit` counts them. */
  private drawn: { piece: StavePiece; row: number }[] = [];
  private readonly roving = new Roving(this, () => this.renderRoot);
  private readonly resized = new ResizeObserver(([entry]) => {
    const width = entry?.contentRect.width ?? 0;
    if (width > 0) this.columns = Math.min(MOST_COLUMNS, Math.max(12, Math.floor(width / COLUMN) - 1));
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("unit-enter", this.enter);
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("panel") && !changed.has("columns")) return;
    this.strips = this.panel.strips.map((id) => stripOf(this.context, id));
    const text = this.strips[0]?.units.map((unit) => (unit.special ? "" : (unit.text ?? ""))).join("") ?? "";
    this.lines = staves(this.strips, text, this.panel.shared, this.columns);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("panel") || changed.has("columns")) this.roving.reset();
  }

  protected override render(): TemplateResult {
    this.drawn = [];
    const hidden = this.lines.length - this.shownLines;
    return html`
      <div class="row small">${readingControls(this.preferences, "cuts")}</div>
      <ol class="names" aria-label=${t("staves.rows")}>
        ${this.strips.map((strip, row) => html`<li><span class="key">${row + 1}</span> ${strip.label} ${this.count(strip)} ${this.pin(strip)}</li>`)}
      </ol>
      <div
        class="score"
        role="listbox"
        aria-label=${t("staves.score")}
        @focusin=${this.roving.focusin}
        @focusout=${this.leave}
        @pointerover=${this.roving.pointerover}
        @pointerleave=${this.leave}
        @click=${this.roving.click}
        @keydown=${this.roving.keydown}
      >
        ${this.lines.slice(0, this.shownLines).map((line) => this.line(line))}
      </div>
      ${
        hidden > 0
          ? html`<button @click=${() => (this.shownLines += 4 * LINES_AT_ONCE)}>
              ${count("staves.more", hidden)}
            </button>`
          : nothing
      }
      <p class="small muted"><span class="swatch"></span> ${t("staves.shared")} ${readsOf(this.context.result)}</p>
      <tessera-metrics
        .names=${this.strips.map(({ label }) => label)}
        .panel=${this.panel}
        .look=${this.context.look}
      ></tessera-metrics>
    `;
  }

  private pin(strip: Strip): TemplateResult | typeof nothing {
    const { pin } = this.context;
    return pin ? html`<tessera-pin-button .pin=${() => pin(strip)}></tessera-pin-button>` : nothing;
  }

  private count(strip: Strip): TemplateResult {
    return html`<span class="muted"
      >${count("count.tokens", strip.units.filter(({ kind }) => kind !== "gap").length)}</span
    >`;
  }

  private line(line: StaveLine): TemplateResult {
    const shared = new Set(this.panel.shared);
    return html`<div class="line" dir=${line.rtl ? "rtl" : "ltr"}>
      ${line.rows.map(
        (row, at) =>
          html`<div class="stave">
            <span class="key" aria-hidden="true">${at + 1}</span
            ><span class="cells">${row.map((piece) => this.piece(piece, at, line.rtl, shared))}</span>
          </div>`,
      )}
    </div>`;
  }

  private piece(piece: StavePiece, row: number, rtl: boolean, shared: ReadonlySet<number>): TemplateResult {
    const first = piece.units[0] ?? 0;
    const unit = this.strips[row]?.units[first];
    const lit = this.lit !== null && piece.from < this.lit[1] && piece.to > this.lit[0];
    const classes = [
      "cell",
      first % 2 === 0 ? "even" : "odd",
      unit?.kind === "gap" ? "gap" : "",
      piece.opens && shared.has(piece.from) ? "shared" : "",
      isRightToLeft(piece.text) || (rtl && !/\p{L}/u.test(piece.text)) ? "rtl" : "",
      lit ? "lit" : "",
      piece.units.length > 1 ? "split" : "",
      piece.units.length > MOST_TICKS ? "many" : "",
    ].join(" ");
    const text = this.preferences.value.invisible ? showInvisible(piece.text) : piece.text.replace(/\n$/, "⏎");
    const place = this.drawn.push({ piece, row }) - 1;
    return html`<span
      class=${classes}
      data-parts=${piece.units.length}
      style=${piece.units.length > 1 ? `--parts: ${piece.units.length}` : nothing}
      data-unit=${place}
      tabindex="-1"
      role="option"
      aria-label=${this.spoken(piece, row)}
      >${text}</span
    >`;
  }

  private spoken({ units: [first = 0, ...more], text }: StavePiece, row: number): string {
    const unit = this.strips[row]?.units[first];
    const own = unit && more.length === 0 ? nameOf(unit) : quoted(text);
    // What is seen is part of what is heard: of a unit that is half a character, or goes on in the next line, too.
    const name = own === text || own.includes(quoted(text)) ? own : `${quoted(text)} ${own}`;
    return t("staves.token", { row: this.strips[row]?.label ?? "", name, at: String(first) });
  }

  private readonly enter = ({ index, anchor, by }: UnitEnter): void => {
    const entered = this.drawn[index];
    if (!entered) return;
    const { piece, row } = entered;
    const units = piece.units.flatMap((unit) => this.strips[row]?.units[unit] ?? []);
    const from = Math.min(...units.map((unit) => unit.byte_start ?? piece.from), piece.from);
    const to = Math.max(...units.map((unit) => unit.byte_end ?? piece.to), piece.to);
    this.lit = [from, to];
    popup().show(anchor, this.card(units, [from, to]), by);
  };

  private card(units: readonly Unit[], [from, to]: readonly [number, number]): TemplateResult {
    const inside = ({ byte_start: start, byte_end: end }: Unit): boolean => (start ?? 0) < to && (end ?? 0) > from;
    return html`
      <div class="title">${units.map(nameOf).join(" ")}</div>
      <dl>
        ${this.strips.map(
          (strip) =>
            html`<dt>${strip.label}</dt>
              <dd>${count("count.tokens", strip.units.filter(inside).length)}</dd>`,
        )}
      </dl>
      <div class="fine">
        ${t("unit.byte-range", { count: to - from, place: to - from === 1 ? String(from) : `${from}–${to - 1}` })}
      </div>
      ${units.map(
        (unit) =>
          html`<div class="fine mono">
            ${unit.id == null ? "" : `id ${unit.id} `}${unit.bytes == null ? "" : `· ${hex(unit)} `}${unit.surface ?? ""}
          </div>`,
      )}
    `;
  }

  private readonly leave = (): void => {
    this.lit = null;
    popup().hide();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-segmentations": SegmentationsView;
  }
}
