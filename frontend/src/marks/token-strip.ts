/** Running text with a tile of colour behind every unit. */
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Strip } from "../contract";
import { Shortcuts } from "../state/shortcuts";
import { PreferencesController } from "../theme/preferences";
import type { ColourScale } from "../theme/scales";
import { base, tile } from "../theme/styles";
import { NearFirst } from "./near-first";
import { paint } from "./paint";
import { ranking } from "./ranking";
import { Roving } from "./roving";
import { Spanning } from "./spanning";
import { foundAfter, stripActions } from "./strip-actions";
import { LONG, StripNodes, type Block, type Writing } from "./strip-nodes";
import { StripOrder } from "./strip-order";
import { stripStyles } from "./strip-styles";
import { sameUnits } from "../tokens/same";
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
  /** Units that are kept off the scale. */
  @property({ attribute: false }) apart: ReadonlySet<number> = new Set();
  /** What a screen reader says of a unit. */
  @property({ attribute: false }) describe: (unit: number) => string = String;
  @property({ type: Boolean }) invisible = false;
  @property({ type: Boolean }) marks = false;
  /** Instead of text, a cell for each byte. */
  @property({ type: Boolean }) cells = false;
  /** Further tracks, drawn as thin lines below the tiles: the first four. */
  @property({ attribute: false, hasChanged: differ }) under: readonly Under[] = [];
  /** Of each unit, the word or the like whose number it shows: arrows step from one to the next. */
  @property({ attribute: false }) groups: ArrayLike<number> | null = null;
  /** The units that are explained or chosen. */
  @property({ attribute: false, hasChanged: differ }) chosen: UnitRange | null = null;
  /** Units that a person has selected. */
  @property({ attribute: false, hasChanged: differ }) selected: readonly number[] = [];
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
  private readonly preferences = new PreferencesController(this);
  private rewritten = false;
  private written: Writing | null = null;
  private readonly roving = new Roving(
    this,
    () => this.renderRoot,
    null,
    new StripOrder(
      () => this.nodes,
      () => this.groups,
    ),
  );
  private readonly span = new Spanning(this, {
    pointer: () => this.spanning,
    keys: () => this.spanning || this.ranging,
  });
  private readonly painting = new NearFirst<Block>((block) => this.paintBlock(block));

  constructor() {
    super();
    new Shortcuts(this, () => stripActions(this));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("beforeprint", this.paintAll);
    if (this.nodes !== null) this.painting.renew();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("beforeprint", this.paintAll);
    this.painting.stop();
  }

  /** Does now what would be done when it comes into view. */
  readonly paintAll = (): void => this.painting.all();

  /** The first tile of a unit, to anchor a pop-up or an arc. */
  tileOf(unit: number): HTMLElement | null {
    const home = this.nodes?.homeOf(unit);
    if (home) this.painting.finish(home);
    return this.nodes?.tilesOf(unit)[0] ?? null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("selected")) this.picked = new Set(this.selected);
    const { specials, ids, bytes } = this.preferences.value;
    const writing = { invisible: this.invisible, cells: this.cells, specials, ids, bytes };
    this.rewritten =
      (changed.has("strip") && !sameUnits(changed.get("strip"), this.strip)) ||
      this.written === null ||
      differ(Object.values(writing), Object.values(this.written));
    if (!this.rewritten) return;
    this.written = writing;
    this.nodes = new StripNodes(this.strip, writing);
    const far = this.strip.units.length > LONG;
    this.painting.take(this.nodes.blocks, far ? FIRST : Infinity);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const drawn = [...changed.keys()].some((name) => !UNPAINTED.has(name));
    if (drawn || this.rewritten) this.painting.renew();
    if (this.rewritten) this.roving.reset();
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

  readonly valued = (): boolean => this.values !== null;

  /** To the unit that is so many places weaker than where one is; from nowhere, to the strongest. */
  weaker(places: number): void {
    if (this.values === null) return;
    const found = ranking(this.values, this.groups);
    const { at } = this.roving;
    const now = at?.focused === true ? found.placeOf(at.unit) : -1;
    const next = now < 0 ? 0 : now + places;
    const unit = found.order[Math.max(0, Math.min(next, found.count - 1))];
    if (unit !== undefined) this.goTo(unit);
  }

  /** To a unit by its number; to the nearest that is drawn, where it is none. */
  goTo(unit: number): void {
    if (Number.isNaN(unit)) return;
    const tile = this.tileOf(Math.max(0, Math.min(unit, this.strip.units.length - 1)));
    tile?.scrollIntoView({ block: "center" });
    tile?.focus({ preventScroll: true });
  }

  /** To the next place of a text, behind where one is. */
  find(text: string): void {
    const { at } = this.roving;
    const texts = this.strip.units.map((unit) => (unit.special ? unit.surface : unit.text) ?? "");
    const unit = foundAfter(texts, text, at?.focused === true ? at.unit : -1);
    if (unit >= 0) this.goTo(unit);
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
    if (this.noteOf === null) delete first.dataset["note"];
    else first.dataset["note"] = this.noteOf(unit);
    first.setAttribute("aria-label", this.describe(unit));
    first.setAttribute("aria-selected", String(chosen || selected));
  }
}

/** What changes nothing on the tiles. */
const UNPAINTED: ReadonlySet<PropertyKey> = new Set(["marks", "spanning", "ranging", "groups"]);

/** Lists are often made anew; only another content is a change. */
function differ(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one !== other;
  return one.length !== other.length || one.some((part, index) => part !== other[index]);
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
