/** Lies over a strip or a grid and draws the arcs between units, wherever these are at the moment. */
import { css, LitElement, svg, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { arcs, type Link, type Point } from "./arcs";

@customElement("tessera-arc-layer")
export class ArcLayer extends LitElement {
  static override styles = css`
    :host {
      position: absolute;
      inset: 0;
      pointer-events: none;
      z-index: 3;
    }
    svg {
      inline-size: 100%;
      block-size: 100%;
      overflow: visible;
    }
    .arc {
      fill: none;
      stroke: var(--accent);
      stroke-linecap: round;
      stroke-dasharray: 1;
      animation: grow 420ms ease-out;
    }
    .arc.negative {
      stroke: color-mix(in oklab, var(--low), var(--ink) 25%);
    }
    @keyframes grow {
      from {
        stroke-dashoffset: 1;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      .arc {
        animation: none;
      }
    }
  `;

  @property({ attribute: false }) links: readonly Link[] = [];
  /** Where the arcs lead. */
  @property({ attribute: false }) to: Element | null | (() => Element | null) = null;
  @property({ attribute: false }) locate: (unit: number) => Element | null = () => null;

  private readonly resized = new ResizeObserver(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.parentElement) this.resized.observe(this.parentElement);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  protected override render(): TemplateResult {
    const to = this.top(typeof this.to === "function" ? this.to() : this.to);
    const drawn =
      to === null || this.links.length === 0 ? [] : arcs(this.links, (unit) => this.top(this.locate(unit)), to);
    return html`<svg aria-hidden="true">${drawn.map((arc) => svg`${arc}`)}</svg>`;
  }

  /** The middle of the upper edge of an element, seen from this layer. */
  private top(element: Element | null): Point | null {
    const rectangle = element?.getClientRects()[0];
    if (!rectangle) return null;
    const origin = this.getBoundingClientRect();
    return { x: rectangle.left + rectangle.width / 2 - origin.left, y: rectangle.top - origin.top };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-arc-layer": ArcLayer;
  }
}
