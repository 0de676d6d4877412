/** The stored image with colours or outlines over its patches, or these beside the image. */
import { html, LitElement, nothing, svg, type PropertyValues, type SVGTemplateResult, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { keyed } from "lit/directives/keyed.js";

import type { Strip } from "../contract";
import type { ColourScale } from "../theme/scales";
import { base, tile } from "../theme/styles";
import { sameUnits } from "../tokens/same";
import { UnitEnter, UnitLeave, UnitSelect } from "./events";
import { paint } from "./paint";
import { fills, framed, lines, marks, outlined, ratio, type Blend, type Drawing } from "./patch-layers";
import { patchStyles } from "./patch-styles";
import { Patches, type Box } from "./patches";
import { Roving } from "./roving";
import { Sweeping, type Sweep } from "./sweeping";
import type { UnitRange } from "./token-strip";

export interface Picture {
  url: string;
  width: number;
  height: number;
}

/** Past this many patches, only the one that the keyboard is at has an element of its own. */
const MANY = 1024;

@customElement("tessera-patch-grid")
export class PatchGrid extends LitElement {
  static override styles = [base, tile, patchStyles];

  @property({ attribute: false }) strip!: Strip;
  @property({ attribute: false }) picture: Picture | null = null;
  @property({ attribute: false }) values: ArrayLike<number> | null = null;
  @property({ attribute: false }) scale: ColourScale | null = null;
  /** Units that the scale leaves out: sinks. */
  @property({ attribute: false }) apart: ReadonlySet<number> | undefined;
  @property({ attribute: false }) describe: (unit: number) => string = String;
  @property({ attribute: false }) chosen: UnitRange | null = null;
  /** Units that a person has selected. */
  @property({ attribute: false }) selected: readonly number[] = [];
  /** How dragging selects patches; null: it does not. */
  @property() sweep: Sweep | null = null;
  @property({ attribute: false }) truth: Box | null = null;
  @property({ type: Boolean }) marks = false;
  @property({ type: Boolean }) beside = false;
  @property({ type: Number }) strength = 0.75;
  @property() drawing: Drawing = "fill";
  @property() blend: Blend = "normal";

  @state() private drawn: Box | null = null;
  /** Of many patches, the one that the keyboard is at. */
  @state() private cursor = -1;
  @query(".over") private over!: SVGSVGElement;
  private patches = new Patches({ units: [] });
  /** Whether other patches have come. */
  private anew = false;
  private ghosts = new Map<number, SVGElement>();
  private hovered: number | null = null;

  private readonly roving = new Roving(
    this,
    () => this.renderRoot,
    (unit, key) => this.step(unit, key),
  );
  private readonly sweeping = new Sweeping(this, {
    patches: () => this.patches,
    sweep: () => this.sweep,
    point: (event) => this.pointOf(event),
    outline: (box) => (this.drawn = box),
  });

  /** An element where the unit lies, to anchor a pop-up or an arc. */
  tileOf(unit: number): SVGElement | HTMLElement | null {
    const own = this.renderRoot.querySelector<SVGElement | HTMLElement>(`[data-unit="${unit}"]`);
    return own ?? this.ghostOf(unit);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.anew = changed.has("strip") && !sameUnits(changed.get("strip"), this.strip);
    if (!this.anew) return;
    this.patches = new Patches(this.strip);
    this.cursor = this.patches.placed[0] ?? -1;
    this.hovered = null;
    for (const ghost of this.ghosts.values()) ghost.remove();
    this.ghosts.clear();
  }

  protected override updated(): void {
    if (this.anew) this.roving.reset();
    for (const unit of this.patches.special) {
      const chip = this.renderRoot.querySelector<HTMLElement>(`.chip[data-unit="${unit}"]`);
      if (chip) paint(chip, this, unit);
    }
  }

  protected override render(): TemplateResult {
    const { roving, sweeping } = this;
    const [width, height] = this.extent;
    const { special } = this.patches;
    return html`<div
      style="--strength: ${this.strength}; --ratio: ${width / height}"
      @focusin=${roving.focusin}
      @focusout=${roving.focusout}
      @pointerover=${roving.pointerover}
      @pointerleave=${roving.pointerleave}
      @click=${this.clicked}
      @keydown=${(event: KeyboardEvent) => {
        sweeping.keydown(event);
        roving.keydown(event);
      }}
      role="listbox"
      aria-label=${this.strip.label}
      aria-multiselectable=${this.sweep !== null}
    >
      <div class="layers ${this.beside ? "beside" : ""} ${this.drawing} ${this.blend}">
        ${this.image()}
        <div class="patches">
          <div class="tiles">
            ${guard(this.coloured, () => (this.drawing === "fill" ? fills : lines)(this.patches, this, this.extent))}
          </div>
          ${this.above()}
        </div>
      </div>
      ${special.length > 0 ? html`<div class="chips row">${special.map((unit) => this.chip(unit))}</div>` : nothing}
    </div>`;
  }

  /** What the colours depend on: while a box is drawn they need not be drawn anew. */
  private get coloured(): unknown[] {
    return [this.patches, this.values, this.scale, this.apart, this.drawing, ...this.extent];
  }

  private get many(): boolean {
    return this.patches.placed.length > MANY;
  }

  private get extent(): [width: number, height: number] {
    return this.picture === null ? this.patches.extent() : [this.picture.width, this.picture.height];
  }

  private image(): TemplateResult | typeof nothing {
    if (this.picture === null) return nothing;
    const { url, width, height } = this.picture;
    return html`<img
      crossorigin="anonymous"
      src=${url}
      width=${width}
      height=${height}
      class=${width < 256 ? "small" : ""}
      alt=""
      draggable="false"
    />`;
  }

  /** What lies over the colours, and takes the pointer and the keyboard. */
  private above(): TemplateResult {
    const { patches, sweeping } = this;
    const [width, height] = this.extent;
    const range = this.chosen === null ? [] : patches.placed.filter((unit) => this.isChosen(unit));
    return html`<svg
      class="over ${this.sweep === null ? "" : "sweeping"}"
      viewBox="0 0 ${width} ${height}"
      style=${ratio(this.extent)}
      @pointerdown=${sweeping.pointerdown}
      @pointermove=${this.pointermove}
      @pointerup=${sweeping.pointerup}
      @pointercancel=${sweeping.pointerup}
      @pointerleave=${this.leave}
    >
      ${this.targets()} ${this.marks ? marks(patches, this) : nothing} ${outlined(patches, range, "chosen")}
      ${guard([patches, this.selected], () => outlined(patches, this.selected, "selected"))}
      ${this.truth === null ? nothing : [framed(this.truth, "truth under"), framed(this.truth, "truth")]}
      ${this.drawn === null ? nothing : framed(this.drawn, "drawn")}
    </svg>`;
  }

  private targets(): unknown {
    if (!this.many) return this.patches.placed.map((unit) => this.target(unit));
    // Drawn anew for each patch that the keyboard comes to, so that it is read out.
    return this.cursor < 0 ? nothing : keyed(this.cursor, this.target(this.cursor, 0));
  }

  private target(unit: number, tabindex = -1): SVGTemplateResult | typeof nothing {
    const box = this.patches.boxOf(unit);
    if (box === null) return nothing;
    const [left, top, right, bottom] = box;
    const selected = this.isChosen(unit) || this.selected.includes(unit);
    return svg`<rect class="target" data-unit=${unit} role="option" tabindex=${tabindex}
      aria-label=${this.describe(unit)} aria-selected=${selected}
      x=${left} y=${top} width=${right - left} height=${bottom - top}></rect>`;
  }

  private chip(index: number): TemplateResult {
    const unit = this.strip.units[index];
    const selected = this.isChosen(index) || this.selected.includes(index);
    return html`<span
      class="chip tile ${selected ? "selected" : ""}"
      data-unit=${index}
      role="option"
      tabindex="-1"
      aria-label=${this.describe(index)}
      aria-selected=${selected}
      >${unit?.surface ?? unit?.text ?? "special"}</span
    >`;
  }

  private isChosen(unit: number): boolean {
    return this.chosen !== null && unit >= this.chosen[0] && unit < this.chosen[1];
  }

  private step(unit: number, key: string): number | undefined {
    const to = this.patches.step(unit, key);
    if (to === undefined) return undefined;
    if (this.many && this.patches.boxOf(to) !== null) this.moveTo(to);
    this.sweeping.moved(unit, to);
    return to;
  }

  /** Of many patches, gives this one its element now. */
  private moveTo(unit: number): void {
    this.cursor = unit;
    if (this.isUpdatePending) this.performUpdate();
  }

  private readonly clicked = (event: MouseEvent): void => {
    if (this.sweeping.ends(event)) return;
    // A finger hovers over nothing by the time it clicks.
    const unit = this.many ? this.patches.at(...this.pointOf(event)) : null;
    if (unit === null) {
      this.roving.click(event);
      return;
    }
    this.moveTo(unit);
    const anchor = this.tileOf(unit);
    if (anchor === null) return;
    anchor.focus({ preventScroll: true });
    this.dispatchEvent(new UnitEnter(unit, anchor, "pointer"));
    this.dispatchEvent(new UnitSelect(unit, event.shiftKey, anchor, "pointer"));
  };

  private readonly pointermove = (event: PointerEvent): void => {
    this.sweeping.pointermove(event);
    if (!this.many) return;
    const unit = this.patches.at(...this.pointOf(event));
    if (unit === this.hovered) return;
    this.hover(unit);
  };

  private readonly leave = (): void => {
    if (this.many) this.hover(null);
  };

  private hover(unit: number | null): void {
    if (this.hovered !== null) this.ghosts.get(this.hovered)?.classList.replace("hover", "ghost");
    this.hovered = unit;
    const anchor = unit === null ? null : this.ghostOf(unit);
    anchor?.classList.replace("ghost", "hover");
    this.dispatchEvent(unit === null || anchor === null ? new UnitLeave() : new UnitEnter(unit, anchor, "pointer"));
  }

  /** A frame that is not seen, where a patch has no element of its own. */
  private ghostOf(unit: number): SVGElement | null {
    const [known, box] = [this.ghosts.get(unit), this.patches.boxOf(unit)];
    if (known?.isConnected === true || box === null) return known ?? null;
    const [left, top, right, bottom] = box;
    const ghost = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    ghost.setAttribute("class", "ghost");
    const place = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [name, value] of Object.entries(place)) ghost.setAttribute(name, String(value));
    this.over.append(ghost);
    this.ghosts.set(unit, ghost);
    return ghost;
  }

  private pointOf({ clientX, clientY }: MouseEvent): readonly [number, number] {
    const { left, top, width, height } = this.over.getBoundingClientRect();
    const [wide, high] = this.extent;
    return [((clientX - left) / width) * wide, ((clientY - top) / height) * high];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-patch-grid": PatchGrid;
  }
}
