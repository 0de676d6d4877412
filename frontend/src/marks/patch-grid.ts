/** The stored image with a tile over every patch, or the tiles beside the image. */
import {
  css,
  html,
  LitElement,
  nothing,
  svg,
  type PropertyValues,
  type SVGTemplateResult,
  type TemplateResult,
} from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Strip, Unit } from "../contract";
import type { ColourScale } from "../theme/scales";
import { base, tile } from "../theme/styles";
import { paint } from "./paint";
import { Roving } from "./roving";
import type { UnitRange } from "./token-strip";

export interface Picture {
  url: string;
  width: number;
  height: number;
}

type Box = NonNullable<Unit["box"]>;

@customElement("tessera-patch-grid")
export class PatchGrid extends LitElement {
  static override styles = [
    base,
    tile,
    css`
      .layers {
        display: grid;
        gap: 0.75rem;
      }
      .layers.beside {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr));
      }
      .layers:not(.beside) > * {
        grid-area: 1 / 1;
      }
      img,
      svg {
        display: block;
        inline-size: 100%;
        block-size: auto;
        border-radius: 0.3rem;
      }
      svg {
        position: relative;
      }
      img.small {
        image-rendering: pixelated;
      }
      .beside svg {
        outline: 1px solid var(--line);
      }
      .layers:not(.beside) img {
        filter: saturate(calc(1 - 0.6 * var(--strength)));
      }
      rect.tile {
        fill: var(--end);
        fill-opacity: calc(var(--place, 0) * var(--strength));
        transition: fill-opacity 160ms;
      }
      .beside rect.tile {
        fill: color-mix(in oklab, var(--paper), var(--end) calc(var(--place, 0) * 100%));
        fill-opacity: 1;
      }
      rect.tile.category {
        fill: var(--category);
        fill-opacity: var(--strength);
      }
      .beside rect.tile.category {
        fill-opacity: 1;
      }
      rect.tile.missing {
        fill: url("#hatch");
        fill-opacity: 1;
      }
      rect.selected {
        stroke: var(--ink);
        stroke-width: 2;
        stroke-dasharray: 3 2;
        vector-effect: non-scaling-stroke;
      }
      rect.tile:hover,
      rect.tile:focus-visible,
      rect.chosen {
        outline: none;
        stroke: var(--accent);
        stroke-width: 2;
        vector-effect: non-scaling-stroke;
      }
      .hatch {
        stroke: var(--muted);
      }
      .truth {
        fill: none;
        stroke: var(--ink);
        stroke-width: 2;
        stroke-dasharray: 5 3;
        vector-effect: non-scaling-stroke;
        pointer-events: none;
      }
      .truth.under {
        stroke: var(--paper);
        stroke-dasharray: none;
      }
      .mark {
        fill: none;
        stroke: var(--ink);
        stroke-width: 1.5;
        vector-effect: non-scaling-stroke;
        pointer-events: none;
      }
      .chips {
        margin-block-start: 0.6rem;
      }
      .chip {
        padding: 0.15rem 0.6rem;
        border: 1px solid var(--line);
        border-radius: 0.35rem;
        font: 0.8rem/1.5 var(--mono);
      }
      @media (prefers-reduced-motion: reduce) {
        rect.tile {
          transition: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) strip!: Strip;
  @property({ attribute: false }) picture: Picture | null = null;
  @property({ attribute: false }) values: ArrayLike<number> | null = null;
  @property({ attribute: false }) scale: ColourScale | null = null;
  @property({ attribute: false }) describe: (unit: number) => string = String;
  @property({ attribute: false }) chosen: UnitRange | null = null;
  /** Units that a person has selected. */
  @property({ attribute: false }) selected: readonly number[] = [];
  @property({ attribute: false }) truth: Box | null = null;
  @property({ type: Boolean }) marks = false;
  @property({ type: Boolean }) beside = false;
  @property({ type: Number }) strength = 0.75;

  private readonly roving = new Roving(this, () => this.renderRoot);

  tileOf(unit: number): SVGElement | HTMLElement | null {
    return this.renderRoot.querySelector<SVGElement | HTMLElement>(`[data-unit="${unit}"]`);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("strip")) this.roving.reset();
    for (const node of this.renderRoot.querySelectorAll<SVGElement | HTMLElement>("[data-unit]")) {
      paint(node, this, Number(node.dataset["unit"]));
    }
  }

  protected override render(): TemplateResult {
    const special = this.strip.units.flatMap((unit, index) => (unit.box == null ? [index] : []));
    return html`<div
      style="--strength: ${this.strength}"
      @focusin=${this.roving.focusin}
      @focusout=${this.roving.focusout}
      @pointerover=${this.roving.pointerover}
      @pointerleave=${this.roving.pointerleave}
      @click=${this.roving.click}
      @keydown=${this.roving.keydown}
      role="listbox"
      aria-label=${this.strip.label}
    >
      <div class="layers ${this.beside ? "beside" : ""}">${this.image()} ${this.tiles()}</div>
      ${special.length > 0 ? html`<div class="chips row">${special.map((unit) => this.chip(unit))}</div>` : nothing}
    </div>`;
  }

  private image(): TemplateResult | typeof nothing {
    if (this.picture === null) return nothing;
    const { url, width, height } = this.picture;
    return html`<img
      src=${url}
      width=${width}
      height=${height}
      class=${width < 256 ? "small" : ""}
      alt="The picture"
    />`;
  }

  private tiles(): TemplateResult {
    const [width, height] = this.extent();
    return html`<svg viewBox="0 0 ${width} ${height}" style="aspect-ratio: ${width} / ${height}">
      <defs>
        <pattern id="hatch" width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line class="hatch" y2="3" stroke-width="0.6" />
        </pattern>
      </defs>
      ${this.strip.units.map((unit, index) => (unit.box == null ? nothing : this.patch(index, unit.box)))}
      ${this.truth === null ? nothing : [rectangle(this.truth, "truth under"), rectangle(this.truth, "truth")]}
    </svg>`;
  }

  private patch(index: number, [left, top, right, bottom]: Box): SVGTemplateResult {
    const chosen = this.chosen !== null && index >= this.chosen[0] && index < this.chosen[1];
    const selected = this.selected.includes(index);
    const size = this.size(index);
    return svg`<rect
        class="tile ${chosen ? "chosen" : ""} ${selected ? "selected" : ""}" data-unit=${index} role="option" tabindex="-1"
        aria-label=${this.describe(index)} aria-selected=${chosen || selected}
        x=${left} y=${top} width=${right - left} height=${bottom - top}></rect>
      ${
        this.marks && size > 0.04
          ? svg`<circle class="mark" cx=${(left + right) / 2} cy=${(top + bottom) / 2} r=${((right - left) / 2.4) * size}></circle>`
          : nothing
      }`;
  }

  private chip(index: number): TemplateResult {
    const unit = this.strip.units[index];
    return html`<span
      class="chip tile"
      data-unit=${index}
      role="option"
      tabindex="-1"
      aria-label=${this.describe(index)}
      >${unit?.surface ?? unit?.text ?? "special"}</span
    >`;
  }

  private size(index: number): number {
    const value = this.values?.[index] ?? NaN;
    const bound = this.scale === null ? 1 : Math.max(Math.abs(this.scale.low), Math.abs(this.scale.high));
    return Number.isNaN(value) || bound === 0 ? 0 : Math.min(1, Math.abs(value) / bound);
  }

  private extent(): [width: number, height: number] {
    if (this.picture !== null) return [this.picture.width, this.picture.height];
    const boxes = this.strip.units.flatMap(({ box }) => (box == null ? [] : [box]));
    return [Math.max(1, ...boxes.map(([, , right]) => right)), Math.max(1, ...boxes.map((box) => box[3]))];
  }
}

const rectangle = ([left, top, right, bottom]: Box, classes: string): SVGTemplateResult =>
  svg`<rect class=${classes} x=${left} y=${top} width=${right - left} height=${bottom - top}></rect>`;

declare global {
  interface HTMLElementTagNameMap {
    "tessera-patch-grid": PatchGrid;
  }
}
