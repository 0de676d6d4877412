/** A picture as a reduction leaves it: merged patches in their mean colour and outlined, dropped ones greyed. */
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
import { customElement, property, state } from "lit/decorators.js";

import type { Strip, Unit } from "../contract";
import { base } from "../theme/styles";
import { fate, outlines, type Groups } from "./groups";
import type { Picture } from "./patch-grid";
import { meanColours, rgb, type Mean } from "./pixels";
import { Roving } from "./roving";

type Box = NonNullable<Unit["box"]>;

@customElement("tessera-merge-grid")
export class MergeGrid extends LitElement {
  static override styles = [
    base,
    css`
      .layers {
        display: grid;
        max-inline-size: 30rem;
      }
      .layers > * {
        grid-area: 1 / 1;
        inline-size: 100%;
        block-size: auto;
      }
      img {
        image-rendering: pixelated;
      }
      .patch {
        fill: transparent;
        transition: fill 160ms;
      }
      .patch.dropped {
        fill: color-mix(in oklab, var(--paper) 86%, transparent);
      }
      .patch:focus-visible,
      .patch.lit {
        outline: none;
        stroke: var(--accent);
        stroke-width: 2;
        vector-effect: non-scaling-stroke;
      }
      .cross {
        stroke: var(--muted);
        stroke-width: 1;
        vector-effect: non-scaling-stroke;
        pointer-events: none;
      }
      .outline {
        fill: none;
        stroke: var(--paper);
        stroke-width: 1.5;
        vector-effect: non-scaling-stroke;
        pointer-events: none;
      }
      .badge {
        fill: #fff;
        stroke: #000;
        paint-order: stroke;
        text-anchor: middle;
        dominant-baseline: central;
        pointer-events: none;
        font-weight: 700;
        font-family: var(--sans);
      }
    `,
  ];

  @property({ attribute: false }) strip!: Strip;
  @property({ attribute: false }) picture: Picture | null = null;
  @property({ attribute: false }) groups!: Groups;
  @property({ attribute: false }) describe: (unit: number) => string = String;
  @property({ attribute: false }) lit: number | null = null;
  @state() private means: readonly (Mean | null)[] = [];
  private readonly roving = new Roving(this, () => this.renderRoot);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("picture") || changed.has("strip")) void this.measure();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("strip")) this.roving.reset();
  }

  protected override render(): TemplateResult {
    const { width, height } = this.picture ?? { width: 1, height: 1 };
    return html`<div
      class="layers"
      role="listbox"
      aria-label=${this.strip.label}
      @focusin=${this.roving.focusin}
      @focusout=${this.roving.focusout}
      @pointerover=${this.roving.pointerover}
      @pointerleave=${this.roving.pointerleave}
      @click=${this.roving.click}
      @keydown=${this.roving.keydown}
    >
      ${this.picture === null ? nothing : html`<img crossorigin="anonymous" src=${this.picture.url} width=${width} height=${height} alt="" />`}
      <svg viewBox="0 0 ${width} ${height}">
        ${this.strip.units.map((unit, index) => (unit.box == null ? nothing : this.patch(index, unit.box)))}
        <path class="outline" d=${outlines(this.strip, this.groups)}></path>
        ${[...this.groups.members].map(([survivor, members]) => (members.length > 1 ? this.badge(survivor, members) : nothing))}
      </svg>
    </div>`;
  }

  private patch(unit: number, [left, top, right, bottom]: Box): SVGTemplateResult {
    const its = fate(this.groups, unit);
    const root = this.groups.root[unit] ?? -1;
    const lit = this.lit !== null && root >= 0 && root === this.groups.root[this.lit];
    const fill = its === "merged" ? this.groupColour(root) : null;
    return svg`<rect class="patch ${its} ${lit ? "lit" : ""}" style=${fill === null ? "" : `fill: ${fill}`}
        data-unit=${unit} role="option" tabindex="-1" aria-label=${this.describe(unit)}
        x=${left} y=${top} width=${right - left} height=${bottom - top}></rect>
      ${its === "dropped" ? svg`<path class="cross" d="M${left},${bottom}L${right},${top}"></path>` : nothing}`;
  }

  private badge(survivor: number, members: readonly number[]): SVGTemplateResult | typeof nothing {
    const box = this.strip.units[survivor]?.box;
    if (box == null) return nothing;
    const size = (box[2] - box[0]) * 0.55;
    return svg`<text class="badge" x=${(box[0] + box[2]) / 2} y=${(box[1] + box[3]) / 2}
      style="font-size: ${size}px; stroke-width: ${size / 6}px">${members.length}</text>`;
  }

  private groupColour(root: number): string | null {
    const known = (this.groups.members.get(root) ?? []).map((unit) => this.means[unit] ?? null);
    const means = known.filter((mean) => mean !== null);
    return means.length === 0 ? null : rgb(means);
  }

  /** Without the picture's pixels, groups are outlined and counted all the same. */
  private async measure(): Promise<void> {
    const { picture, strip } = this;
    const means = picture === null ? [] : await meanColours(picture, strip).catch(() => []);
    if (picture === this.picture) this.means = means;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-merge-grid": MergeGrid;
  }
}
