/** Running text with a tile of colour behind every unit. */
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Strip } from "../contract";
import type { ColourScale } from "../theme/scales";
import { base, tile } from "../theme/styles";
import { paint } from "./paint";
import { Roving } from "./roving";
import { stripNodes, type StripNodes } from "./strip-nodes";
import { stripStyles } from "./strip-styles";

export type UnitRange = readonly [from: number, to: number];

@customElement("tessera-token-strip")
export class TokenStrip extends LitElement {
  static override styles = [base, tile, stripStyles];

  @property({ attribute: false }) strip!: Strip;
  @property({ attribute: false }) values: ArrayLike<number> | null = null;
  @property({ attribute: false }) scale: ColourScale | null = null;
  /** What a screen reader says of a unit. */
  @property({ attribute: false }) describe: (unit: number) => string = String;
  @property({ type: Boolean }) invisible = false;
  @property({ type: Boolean }) marks = false;
  /** The units that are explained or chosen. */
  @property({ attribute: false }) chosen: UnitRange | null = null;
  /** Units outlined because the truth says that they decide. */
  @property({ attribute: false }) outlined: ReadonlySet<number> = new Set();
  /** Further classes of a unit, such as `dropped`. */
  @property({ attribute: false }) classOf: ((unit: number) => string) | null = null;

  /** A few characters written below the first tile of a unit. */
  @property({ attribute: false }) noteOf: ((unit: number) => string) | null = null;

  private nodes: StripNodes = { body: [], tiles: [] };
  private readonly roving = new Roving(this, () => this.renderRoot);

  /** The first tile of a unit, to anchor a pop-up or an arc. */
  tileOf(unit: number): HTMLElement | null {
    return this.nodes.tiles[unit]?.[0] ?? null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("strip") || changed.has("invisible")) this.nodes = stripNodes(this.strip, this.invisible);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const drawn = changed.has("strip") || changed.has("invisible");
    if (drawn) this.roving.reset();
    this.nodes.tiles.forEach((tiles, unit) => {
      const chosen = this.chosen !== null && unit >= this.chosen[0] && unit < this.chosen[1];
      for (const node of tiles) {
        paint(node, this, unit);
        node.classList.toggle("chosen", chosen);
        node.classList.toggle("outlined", this.outlined.has(unit));
        this.setState(node, unit);
      }
      if (this.noteOf !== null && tiles[0]) tiles[0].dataset["note"] = this.noteOf(unit);
      tiles[0]?.setAttribute("aria-label", this.describe(unit));
      tiles[0]?.setAttribute("aria-selected", String(chosen));
    });
  }

  protected override render(): TemplateResult {
    return html`<div
      class="strip ${this.marks ? "marked" : ""}"
      role="listbox"
      aria-label=${this.strip.label}
      aria-orientation="horizontal"
      @focusin=${this.roving.focusin}
      @focusout=${this.roving.focusout}
      @pointerover=${this.roving.pointerover}
      @pointerleave=${this.roving.pointerleave}
      @click=${this.roving.click}
      @keydown=${this.roving.keydown}
    >
      ${this.nodes.body}
    </div>`;
  }

  private setState(node: HTMLElement, unit: number): void {
    if (this.classOf === null) return;
    node.dataset["state"] = this.classOf(unit);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-token-strip": TokenStrip;
  }
}
