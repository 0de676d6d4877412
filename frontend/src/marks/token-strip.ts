/** Running text with a tile of colour behind every unit. */
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Strip } from "../contract";
import type { ColourScale } from "../theme/scales";
import { base, tile } from "../theme/styles";
import { NearFirst } from "./near-first";
import { paint } from "./paint";
import { Roving } from "./roving";
import { Spanning } from "./spanning";
import { LONG, StripNodes, type Block } from "./strip-nodes";
import { stripStyles } from "./strip-styles";
import { MOST_UNDER, paintUnder, underStyles, type Under } from "./under";

export type UnitRange = readonly [from: number, to: number];

/** Blocks of a long text that are built before it is known which are in view. */
const FIRST = 12;

@customElement("tessera-token-strip")
export class TokenStrip extends LitElement {
  static override styles = [base, tile, stripStyles, underStyles];

  @property({ attribute: false }) strip!: Strip;
  @property({ attribute: false }) values: ArrayLike<number> | null = null;
  @property({ attribute: false }) scale: ColourScale | null = null;
  /** What a screen reader says of a unit. */
  @property({ attribute: false }) describe: (unit: number) => string = String;
  @property({ type: Boolean }) invisible = false;
  @property({ type: Boolean }) marks = false;
  /** Further tracks, drawn as thin lines below the tiles: the first four. */
  @property({ attribute: false }) under: readonly Under[] = [];
  /** The units that are explained or chosen. */
  @property({ attribute: false }) chosen: UnitRange | null = null;
  /** Units that a person has selected. */
  @property({ attribute: false }) selected: readonly number[] = [];
  /** Units outlined because the truth says that they decide. */
  @property({ attribute: false }) outlined: ReadonlySet<number> = new Set();
  /** Further classes of a unit, such as `dropped`. */
  @property({ attribute: false }) classOf: ((unit: number) => string) | null = null;

  /** A few characters written below the first tile of a unit. */
  @property({ attribute: false }) noteOf: ((unit: number) => string) | null = null;

  /** Whether a person chooses a span by drawing over units. */
  @property({ type: Boolean }) spanning = false;

  /** Whether shift and arrows choose a span, though the pointer does not draw one. */
  @property({ type: Boolean }) ranging = false;

  private nodes: StripNodes | null = null;
  private picked: ReadonlySet<number> = new Set();
  private readonly roving = new Roving(this, () => this.renderRoot);
  private readonly span = new Spanning(this, {
    pointer: () => this.spanning,
    keys: () => this.spanning || this.ranging,
  });
  private readonly painting = new NearFirst<Block>((block) => this.paintBlock(block));

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("beforeprint", this.painting.all);
    if (this.nodes !== null) this.painting.renew();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("beforeprint", this.painting.all);
    this.painting.stop();
  }

  /** The first tile of a unit, to anchor a pop-up or an arc. */
  tileOf(unit: number): HTMLElement | null {
    return this.nodes?.tilesOf(unit)[0] ?? null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("selected")) this.picked = new Set(this.selected);
    if (!changed.has("strip") && !changed.has("invisible")) return;
    this.nodes = new StripNodes(this.strip, this.invisible);
    const far = this.strip.units.length > LONG;
    this.painting.take(this.nodes.blocks, far ? FIRST : Infinity);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (![...changed.keys()].every((name) => name === "marks" || name === "spanning")) this.painting.renew();
    if (changed.has("strip") || changed.has("invisible")) this.roving.reset();
  }

  protected override render(): TemplateResult {
    const { roving, span } = this;
    return html`<div
      class="strip ${this.marks ? "marked" : ""} ${this.spanning ? "spanning" : ""} ${this.under.length > 0 ? "under" : ""}"
      style="--lanes: ${Math.min(this.under.length, MOST_UNDER)}"
      role="listbox"
      aria-label=${this.strip.label}
      aria-orientation="horizontal"
      aria-multiselectable=${this.spanning}
      @focusin=${both(roving.focusin, span.focusin)}
      @focusout=${roving.focusout}
      @pointerdown=${span.pointerdown}
      @pointerover=${both(roving.pointerover, span.pointerover)}
      @pointerleave=${roving.pointerleave}
      @click=${roving.click}
      @keydown=${both(span.keydown, roving.keydown)}
    >
      ${this.nodes?.blocks.map(({ element }) => element)}
    </div>`;
  }

  private paintBlock(block: Block): void {
    this.nodes?.build(block);
    for (const unit of block.units) this.paintUnit(unit);
  }

  private paintUnit(unit: number): void {
    const tiles = this.nodes?.tiles[unit] ?? [];
    const chosen = this.chosen !== null && unit >= this.chosen[0] && unit < this.chosen[1];
    const selected = this.picked.has(unit);
    for (const node of tiles) {
      paint(node, this, unit);
      paintUnder(node, this.under, unit);
      node.classList.toggle("chosen", chosen);
      node.classList.toggle("selected", selected);
      node.classList.toggle("outlined", this.outlined.has(unit));
      if (this.classOf !== null) node.dataset["state"] = this.classOf(unit);
    }
    const [first] = tiles;
    if (first?.hasAttribute("role") !== true) return;
    if (this.noteOf !== null) first.dataset["note"] = this.noteOf(unit);
    first.setAttribute("aria-label", this.describe(unit));
    first.setAttribute("aria-selected", String(chosen || selected));
  }
}

/** Lit takes one listener for an event. */
const both =
  <E extends Event>(one: (event: E) => void, other: (event: E) => void) =>
  (event: E): void => {
    one(event);
    other(event);
  };

declare global {
  interface HTMLElementTagNameMap {
    "tessera-token-strip": TokenStrip;
  }
}
