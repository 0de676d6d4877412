/** A tree of continuations, from left to right: the wider and larger, the more probable is the way to there. */
import { css, html, LitElement, svg, type PropertyValues, type SVGTemplateResult, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { percent } from "../theme/format";
import { base } from "../theme/styles";
import { measurer } from "./measure";
import { Roving } from "./roving";
import { treeLayout, type Placed, type TreeItem } from "./tree-layout";

const ROW = 40;
const FONT = 14;
const [LEAST, MOST] = [2.5, 9];
/** The circle and the space around it, before what is written. */
const INDENT = 14;
const TOP = 20;
/** The room that the probability below a node needs. */
const NUMBER = 38;

@customElement("tessera-tree")
export class Tree extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }
      .view {
        overflow-x: auto;
        padding-block-end: 0.25rem;
      }
      svg {
        display: block;
        overflow: visible;
      }
      .edge {
        fill: none;
        stroke: var(--line);
        stroke-linecap: round;
      }
      .edge.kept {
        stroke: var(--high);
      }
      .node {
        cursor: default;
      }
      .node:focus {
        outline: none;
      }
      .node .ground {
        fill: transparent;
      }
      .node:hover .ground,
      .node:focus-visible .ground {
        fill: var(--sunken);
        stroke: var(--accent);
        stroke-width: 1.5;
      }
      circle {
        fill: var(--muted);
      }
      .kept circle {
        fill: var(--accent);
      }
      circle.unknown {
        fill: var(--paper);
        stroke: var(--muted);
      }
      text {
        fill: var(--muted);
        font-size: ${FONT}px;
        white-space: pre;
      }
      .kept text {
        fill: var(--ink);
        font-weight: 620;
      }
      text.path {
        fill: var(--muted);
        font-size: 10.5px;
        font-weight: 400;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property({ attribute: false }) items: readonly TreeItem[] = [];
  @property() label = "";
  /** What a screen reader says of a node. */
  @property({ attribute: false }) describe: (node: number) => string = String;
  private placed: Placed[] = [];
  private readonly roving = new Roving(
    this,
    () => this.renderRoot,
    (node, key) => this.step(node, key),
  );

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("items")) return;
    const measure = measurer(`600 ${FONT}px ${getComputedStyle(this).fontFamily}`, FONT);
    this.placed = treeLayout(this.items, (text) => Math.max(measure(text), NUMBER) + 2 * INDENT);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("items")) this.roving.reset();
  }

  protected override render(): TemplateResult {
    const width = Math.max(0, ...this.placed.map((one) => one.x + one.width));
    const height = TOP + ROW * (1 + Math.max(0, ...this.placed.map(({ row }) => row)));
    return html`<div
      class="view"
      role="tree"
      aria-label=${this.label}
      @focusin=${this.roving.focusin}
      @focusout=${this.roving.focusout}
      @pointerover=${this.roving.pointerover}
      @pointerleave=${this.roving.pointerleave}
      @click=${this.roving.click}
      @keydown=${this.roving.keydown}
    >
      <svg viewBox="-5 0 ${width + 10} ${height}" width=${width + 10} height=${height} role="presentation">
        ${this.placed.map((one) => this.edge(one))} ${this.placed.map((one) => this.node(one))}
      </svg>
    </div>`;
  }

  private edge({ parent, x, row, path, index }: Placed): SVGTemplateResult {
    const from = this.placed.find((other) => other.index === parent);
    if (from === undefined) return svg``;
    const [x0, y0, y1] = [from.x + from.width - 4, middle(from.row), middle(row)];
    const bend = (x - x0) / 2;
    const d =
      y0 === y1 ? `M${x0},${y0}H${x}` : `M${x0},${y0}C${x0 + bend},${y0} ${x0 + bend},${y1} ${x0 + 2 * bend},${y1}`;
    const kept = this.items[index]?.node.kept === true;
    return svg`<path class="edge ${kept ? "kept" : ""}" d=${d} stroke-width=${1 + 5 * size(path)}></path>`;
  }

  private node({ index, depth, row, x, width, path, children }: Placed): SVGTemplateResult {
    const item = this.items[index];
    const y = middle(row);
    const unknown = Number.isNaN(path);
    const radius = unknown ? LEAST + 1 : LEAST + (MOST - LEAST) * size(path);
    return svg`<g
      class="node ${item?.node.kept === true ? "kept" : ""}"
      data-unit=${index}
      role="treeitem"
      tabindex="-1"
      aria-level=${depth + 1}
      aria-expanded=${children.length > 0}
      aria-selected=${item?.node.kept === true}
      aria-label=${this.describe(index)}
    >
      <rect class="ground" x=${x - 4} y=${y - 17} width=${width} height="34" rx="6"></rect>
      <circle class=${unknown ? "unknown" : ""} cx=${x + MOST - 2} cy=${y} r=${radius}></circle>
      <text aria-hidden="true" x=${x + INDENT + 6} y=${y + 3}>${item?.label ?? ""}</text>
      <text class="path" aria-hidden="true" x=${x + INDENT + 6} y=${y + 15}>${depth === 0 || unknown ? "" : percent(path)}</text>
    </g>`;
  }

  /** Right to the foremost continuation, left to the parent, up and down among those of one parent, then over all. */
  private step(node: number, key: string): number | undefined {
    const own = this.placed.find(({ index }) => index === node);
    if (own === undefined) return undefined;
    if (key === "ArrowRight") return own.children[0] ?? node;
    if (key === "ArrowLeft") return own.parent ?? node;
    if (key !== "ArrowDown" && key !== "ArrowUp") return undefined;
    const way = key === "ArrowDown" ? 1 : -1;
    const beyond = this.placed.filter(({ depth, row }) => depth === own.depth && way * (row - own.row) > 0);
    return (way === 1 ? beyond[0] : beyond.at(-1))?.index ?? node;
  }
}

const middle = (row: number): number => TOP + ROW * row;

/** Areas, not radii, follow the probability; what is unknown has none. */
const size = (path: number): number => (Number.isNaN(path) ? 0 : Math.sqrt(Math.min(1, path)));

declare global {
  interface HTMLElementTagNameMap {
    "tessera-tree": Tree;
  }
}
