/** A line of text whose trials leave it and come back; the trial that was kept is the line, in bold. */
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

import { base } from "../theme/styles";
import { BEND, braidLayout, type Knot, type Lane, type Row, type Trial, type Word } from "./braid-layout";
import { measurer, type Measure } from "./measure";
import { Roving } from "./roving";

const FONT = 15;
const LANE = 30;
const ROW_GAP = 16;
const WIDEST = 760;

@customElement("tessera-braid")
export class Braid extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        min-inline-size: 0;
        contain: inline-size;
      }
      svg {
        display: block;
        overflow: visible;
      }
      text {
        font-size: ${FONT}px;
        fill: var(--ink);
        white-space: pre;
      }
      path {
        fill: none;
        stroke: var(--line);
        stroke-width: 1.5;
      }
      path.kept {
        stroke: var(--high);
        stroke-width: 3;
      }
      .trial {
        cursor: default;
      }
      .trial:focus {
        outline: none;
      }
      .trial .ground {
        fill: transparent;
      }
      .trial:hover .ground,
      .trial:focus-visible .ground {
        fill: var(--sunken);
        stroke: var(--accent);
      }
      .trial:hover path:not(.kept),
      .trial:focus-visible path:not(.kept) {
        stroke: var(--muted);
      }
      .trial text {
        fill: var(--muted);
      }
      .trial.kept text {
        fill: var(--ink);
        font-weight: 680;
      }
      .trial text.note {
        font-size: 12px;
        font-weight: 400;
        font-variant-numeric: tabular-nums;
      }
      .trial.kept text.note {
        fill: var(--accent);
        font-weight: 620;
      }
    `,
  ];

  @property({ attribute: false }) tokens: readonly string[] = [];
  @property({ attribute: false }) trials: readonly Trial[] = [];
  @property() label = "";
  /** What a screen reader says of a trial. */
  @property({ attribute: false }) describe: (node: number) => string = String;
  @state() private width = 0;
  private rows: Row[] = [];
  private readonly roving = new Roving(this, () => this.renderRoot);
  private readonly watch = new ResizeObserver(() => this.fit());

  override connectedCallback(): void {
    super.connectedCallback();
    this.fit();
    this.watch.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watch.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("tokens") && !changed.has("trials") && !changed.has("width")) return;
    const { fontFamily } = getComputedStyle(this);
    const weighing = (weight: number): Measure => measurer(`${weight} ${FONT}px ${fontFamily}`, FONT);
    this.rows = braidLayout(this.tokens, this.trials, this.width, { plain: weighing(400), bold: weighing(680) });
  }

  protected override updated(): void {
    this.roving.reset();
  }

  protected override render(): TemplateResult {
    let top = 0;
    const placed = this.rows.map((row) => {
      const y = top + LANE * (row.above + 1);
      top = y + LANE * row.below + ROW_GAP;
      return { row, y };
    });
    return html`<div
      role="listbox"
      aria-label=${this.label}
      @focusin=${this.roving.focusin}
      @focusout=${this.roving.focusout}
      @pointerover=${this.roving.pointerover}
      @pointerleave=${this.roving.pointerleave}
      @click=${this.roving.click}
      @keydown=${this.roving.keydown}
    >
      <svg width=${this.width} height=${top} role="presentation">
        ${placed.map(({ row, y }) => row.parts.map((part) => (part.kind === "word" ? word(part, y) : this.knot(part, y))))}
      </svg>
    </div>`;
  }

  private knot({ x, width, lanes }: Knot, y: number): SVGTemplateResult[] {
    return lanes.toReversed().map((lane) => {
      const at = y + LANE * lane.lane;
      const kept = lane.lane === 0;
      const body = svg`<path class=${kept ? "kept" : ""} d=${thread(x, width, y + 5, at + 5, lane.width)}></path>
        <rect class="ground" x=${x + BEND - 3} y=${at - 15} width=${lane.width + 6} height="19" rx="4"></rect>
        <text x=${x + BEND} y=${at}>${lane.text}</text>
        ${lane.note === "" ? nothing : svg`<text class="note" text-anchor="end" x=${x + BEND + lane.width} y=${at}>${lane.note}</text>`}`;
      return lane.trial === null ? body : this.stop(lane, lane.trial, body);
    });
  }

  private stop({ lane }: Lane, { index, kept }: Trial, body: SVGTemplateResult): SVGTemplateResult {
    return svg`<g class="trial ${lane === 0 && kept ? "kept" : ""}" data-unit=${index} role="option" tabindex="-1"
      aria-selected=${kept} aria-label=${this.describe(index)}>${body}</g>`;
  }

  private fit(): void {
    this.width = Math.min(WIDEST, Math.floor(this.clientWidth) || WIDEST);
  }
}

const word = ({ x, text }: Word, y: number): SVGTemplateResult => svg`<text x=${x} y=${y}>${text}</text>`;

/** From the line to the height of a lane, along what is written there, and back to the line. */
function thread(x: number, width: number, line: number, lane: number, written: number): string {
  const end = x + width;
  if (line === lane) return `M${x},${line}H${end}`;
  const half = BEND / 2;
  const back = x + BEND + written;
  return `M${x},${line}C${x + half},${line} ${x + half},${lane} ${x + BEND},${lane}H${back}C${back + half},${lane} ${back + half},${line} ${back + BEND},${line}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-braid": Braid;
  }
}
