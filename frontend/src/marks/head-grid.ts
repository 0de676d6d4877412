/**
 * A square for every head of every layer, coloured by one number: hover looks at one, click chooses it, shift and
 * click reaches to it, ctrl and click adds it, a double click on the only one brings all back. Keys do the same.
 */
import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";

import { t } from "../text";
import { number } from "../theme/format";
import { place, type ColourScale } from "../theme/scales";
import { base, tile } from "../theme/styles";
import { between, keyOf, ledTo, toggled, type Cell } from "./head-cells";

export class HeadsChange extends Event {
  static readonly type = "heads-change";
  /** Null: all of them. */
  constructor(readonly cells: readonly Cell[] | null) {
    super(HeadsChange.type);
  }
}

/** One square is looked at as long as the pointer is over it; null: no longer. */
export class HeadsPreview extends Event {
  static readonly type = "heads-preview";
  constructor(readonly cell: Cell | null) {
    super(HeadsPreview.type);
  }
}

@customElement("tessera-head-grid")
export class HeadGrid extends LitElement {
  static override styles = [
    base,
    tile,
    css`
      :host {
        display: block;
        font-size: 0.8125rem;
        max-inline-size: max-content;
      }
      .grid {
        display: grid;
        grid-template-columns: max-content repeat(var(--heads), minmax(0.55rem, 1.5rem));
        gap: 1px;
        cursor: pointer;
        touch-action: manipulation;
        user-select: none;
      }
      .line {
        display: contents;
      }
      .name,
      .head {
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        line-height: 1;
        align-self: center;
      }
      .name {
        min-block-size: 1.1rem;
        padding: 0.15rem 0.5rem 0.15rem 0;
        text-align: end;
      }
      .name:hover {
        color: var(--ink);
      }
      .head {
        text-align: center;
        font-size: 0.6875rem;
        overflow: hidden;
      }
      .tile {
        aspect-ratio: 1;
        border: 1px solid var(--line);
        border-radius: 0.15rem;
      }
      .tile.on {
        border-color: var(--ink);
        box-shadow: inset 0 0 0 1px var(--ink);
      }
      .tile:not(.on) {
        opacity: 0.62;
      }
      .tile:hover,
      .tile:focus-visible {
        opacity: 1;
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      .said {
        min-block-size: 1.5em;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  /** By layer, the number of each head; one line where there are no layers. */
  @property({ attribute: false }) values: readonly ArrayLike<number>[] = [];
  @property({ attribute: false }) scale!: ColourScale;
  /** What layers and heads are called; no layers: heads only. */
  @property({ attribute: false }) layers: readonly string[] | null = null;
  @property({ attribute: false }) heads: readonly string[] = [];
  @property({ attribute: false }) chosen: readonly Cell[] = [];
  /** What the number of a square is. */
  @property() label = "";
  @state() private at: Cell = [0, 0];
  private anchor: Cell | null = null;
  /** What was chosen before the first of two clicks. */
  private previous: readonly Cell[] = [];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.look(null);
  }

  /** Another track can have fewer layers or heads: one square can always be reached by keys. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("values") && !changed.has("heads")) return;
    const last = (count: number): number => Math.max(0, count - 1);
    const inside = ([layer, head]: Cell): Cell => [
      Math.min(layer, last(this.values.length)),
      Math.min(head, last(this.heads.length)),
    ];
    this.at = inside(this.at);
    this.anchor &&= inside(this.anchor);
  }

  protected override render(): TemplateResult {
    const on = new Set(this.chosen.map(keyOf));
    return html`<div
        class="grid"
        style="--heads: ${this.heads.length}"
        role="grid"
        aria-label=${t("heads.grid", { label: this.label })}
        aria-multiselectable="true"
        @pointerover=${this.over}
        @pointerleave=${() => this.look(null)}
        @click=${this.clicked}
        @dblclick=${this.twice}
        @keydown=${this.key}
        @focusin=${this.focused}
      >
        <div class="line" role="row">
          <span class="name" role="columnheader">${this.layers === null ? "" : t("heads.corner")}</span>
          ${this.heads.map((head) => html`<span class="head" role="columnheader" title=${head}>${head}</span>`)}
        </div>
        ${this.values.map((_, layer) => this.line(layer, on))}
      </div>
      <p class="said" aria-hidden="true">${this.nameOf(this.at)}</p>`;
  }

  private line(layer: number, on: ReadonlySet<string>): TemplateResult {
    return html`<div class="line" role="row">
      <span class="name" role="rowheader" data-line=${layer} title=${t("heads.line")}
        >${this.layers?.[layer] ?? ""}</span
      >
      ${this.heads.map((_, head) => {
        const value = this.values[layer]?.[head] ?? NaN;
        const current = layer === this.at[0] && head === this.at[1];
        return html`<span
          class="tile ${on.has(keyOf([layer, head])) ? "on" : ""} ${Number.isNaN(value) ? "missing" : ""}"
          role="gridcell"
          style=${styleMap({ "--place": Number.isNaN(value) ? "0" : Math.abs(place(this.scale, value)).toFixed(3) })}
          data-cell=${keyOf([layer, head])}
          tabindex=${current ? 0 : -1}
          aria-selected=${on.has(keyOf([layer, head]))}
          aria-label=${this.nameOf([layer, head])}
        ></span>`;
      })}
    </div>`;
  }

  private nameOf([layer, head]: Cell): string {
    const value = number(this.values[layer]?.[head] ?? NaN);
    const named = { head: this.heads[head] ?? "", label: this.label, value };
    return this.layers === null
      ? t("heads.head", named)
      : t("heads.cell", { ...named, layer: this.layers[layer] ?? "" });
  }

  private readonly over = (event: PointerEvent): void => {
    const cell = cellOf(event.target);
    if (cell !== null) this.at = cell;
    if (event.pointerType === "mouse") this.look(cell);
  };

  private readonly focused = (event: FocusEvent): void => {
    this.at = cellOf(event.target) ?? this.at;
  };

  private readonly clicked = (event: MouseEvent): void => {
    const line = event.target instanceof HTMLElement ? event.target.dataset["line"] : undefined;
    if (line !== undefined) this.change(this.heads.map((_, head): Cell => [Number(line), head]));
    const cell = cellOf(event.target);
    if (cell === null) return;
    if (event.detail <= 1) this.previous = this.chosen;
    this.choose(cell, event);
  };

  private readonly twice = (event: MouseEvent): void => {
    const cell = cellOf(event.target);
    if (cell !== null && this.previous.length === 1 && keyOf(this.previous[0] ?? cell) === keyOf(cell))
      this.change(null);
  };

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" || event.key === " ") {
      const only = this.chosen.length === 1 && keyOf(this.chosen[0] ?? this.at) === keyOf(this.at);
      if (only && !event.shiftKey && !event.ctrlKey && !event.metaKey) this.change(null);
      else this.choose(this.at, event);
    } else {
      const to = ledTo(this.at, event, this.values.length, this.heads.length);
      if (to === null) return;
      if (event.shiftKey) {
        this.anchor ??= this.at;
        this.change(between(this.anchor, to));
      } else {
        this.anchor = null;
      }
      this.renderRoot.querySelector<HTMLElement>(`[data-cell="${keyOf(to)}"]`)?.focus();
    }
    event.preventDefault();
  };

  private choose(cell: Cell, { shiftKey, ctrlKey, metaKey }: MouseEvent | KeyboardEvent): void {
    if (ctrlKey || metaKey) this.change(toggled(this.chosen, cell));
    else this.change(shiftKey ? between(this.anchor ?? cell, cell) : [cell]);
    if (!shiftKey) this.anchor = cell;
  }

  private looked: string | null = null;

  private look(cell: Cell | null): void {
    const key = cell === null ? null : keyOf(cell);
    if (key === this.looked) return;
    this.looked = key;
    this.dispatchEvent(new HeadsPreview(cell));
  }

  private change(cells: readonly Cell[] | null): void {
    this.dispatchEvent(new HeadsChange(cells));
  }
}

function cellOf(target: EventTarget | null): Cell | null {
  const key = target instanceof HTMLElement ? target.dataset["cell"] : undefined;
  if (key === undefined) return null;
  const [layer = 0, head = 0] = key.split("-").map(Number);
  return [layer, head];
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-head-grid": HeadGrid;
  }
}
