/** Texts side by side, or one under another, their tokens aligned to those of the first and what differs marked. */
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { BranchesPanel, BranchNode, Unit } from "../contract";
import type { UnitEnter } from "../marks/events";
import { popup } from "../marks/popup";
import { Roving } from "../marks/roving";
import { t } from "../text";
import { number, quantity } from "../theme/format";
import { base } from "../theme/styles";
import { aligned, alignmentColumns } from "../tokens/align";
import { nameOf } from "../tokens/describe";
import { oneLine } from "../tokens/visible";
import { unitsOf, written } from "./branch-nodes";
import { columnStyles } from "./column-styles";
import type { PanelContext } from "./context";

export interface Text {
  node: BranchNode;
  units: readonly Unit[];
  /** Where its own units begin; those before are its parent's. */
  departs: number;
  /** Of each unit, the unit of the first text that it equals, or −1. */
  matches: Int32Array;
}

@customElement("tessera-columns")
export class ColumnsView extends LitElement {
  static override styles = [base, columnStyles];

  @property({ attribute: false }) panel!: BranchesPanel;
  @property({ attribute: false }) context!: PanelContext;
  @state() private stacked = false;
  private texts: Text[] = [];
  /** The units of the first text that another has as well. */
  private shared = new Set<number>();
  private columns: (number | null)[][] = [];
  /** Where the units of each text begin among those of all. */
  private offsets: number[] = [];
  private readonly roving = new Roving(this, () => this.renderRoot);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("panel")) return;
    this.texts = textsOf(this.panel, this.context);
    const [, ...others] = this.texts;
    this.shared = new Set(others.flatMap(({ matches }) => Array.from(matches)));
    const lengths = this.texts.map(({ units }) => units.length);
    this.columns = alignmentColumns(
      lengths,
      others.map(({ matches }) => matches),
    );
    this.offsets = lengths.map((_, text) => lengths.slice(0, text).reduce((sum, length) => sum + length, 0));
  }

  protected override updated(): void {
    this.roving.reset();
  }

  protected override render(): TemplateResult {
    return html`
      <div class="row small">
        <button aria-pressed=${!this.stacked} @click=${() => (this.stacked = false)}>${t("columns.beside")}</button>
        <button aria-pressed=${this.stacked} @click=${() => (this.stacked = true)}>${t("columns.under")}</button>
      </div>
      <div
        @focusin=${this.roving.focusin}
        @focusout=${this.roving.focusout}
        @pointerover=${this.roving.pointerover}
        @pointerleave=${this.roving.pointerleave}
        @click=${this.roving.click}
        @keydown=${this.roving.keydown}
      >
        ${this.stacked ? this.under() : this.beside()}
      </div>
      <p class="small muted">${t("columns.marked", { title: this.titleOf(0) })}</p>
    `;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("unit-enter", this.enter);
    this.addEventListener("unit-leave", this.leave);
  }

  private beside(): TemplateResult {
    return html`<div class="columns">
      ${this.texts.map(
        ({ units }, text) =>
          html`<section>
            ${this.head(text)}
            <p dir="auto" role="listbox" aria-label=${this.titleOf(text)}>
              ${units.map((_, unit) => this.token(text, unit, written))}
            </p>
          </section>`,
      )}
    </div>`;
  }

  private under(): TemplateResult {
    return html`<div class="heads">${this.texts.map((_, text) => this.head(text))}</div>
      <div class="cells" dir="auto" role="listbox" aria-label=${this.panel.label}>
        ${this.columns.map(
          (column) =>
            html`<span class="cell"
              >${column.map((unit, text) =>
                unit === null
                  ? html`<span class="gap" aria-hidden="true">–</span>`
                  : this.token(text, unit, (own) => oneLine(written(own))),
              )}</span
            >`,
        )}
      </div>`;
  }

  private head(text: number): TemplateResult {
    const node = this.texts[text]?.node;
    const { value_label: label } = this.panel;
    const numbers = [
      ...(node?.value == null ? [] : [`${label || t("unit.value")} ${number(node.value)}`]),
      ...(node?.log_probability == null ? [] : [quantity(node.log_probability, "nat")]),
    ];
    return html`<h5>
      ${this.titleOf(text)}
      <span class="muted small">${numbers.join(" · ")}</span>
    </h5>`;
  }

  private token(text: number, unit: number, write: (units: readonly Unit[]) => string): TemplateResult {
    const one = this.texts[text];
    const own = one?.units[unit];
    if (one === undefined || own === undefined) return html``;
    const classes = `token ${unit < one.departs ? "before" : ""} ${this.differs(text, unit) ? "differs" : ""} ${unit === one.departs && unit > 0 ? "departs" : ""}`;
    return html`<span
      class=${classes}
      data-unit=${(this.offsets[text] ?? 0) + unit}
      role="option"
      tabindex="-1"
      aria-selected="false"
      aria-label=${this.differs(text, unit) ? t("columns.differs", { name: nameOf(own) }) : nameOf(own)}
      >${write([own])}</span
    >`;
  }

  /** In the first text what none of the others has, in another what the first has not. */
  private differs(text: number, unit: number): boolean {
    if (text > 0) return (this.texts[text]?.matches[unit] ?? -1) < 0;
    return this.texts.length > 1 && !this.shared.has(unit);
  }

  private titleOf(text: number): string {
    const label = this.texts[text]?.node.label ?? "";
    return label === "" ? `text ${text + 1}` : label;
  }

  private readonly enter = ({ index, anchor, by }: UnitEnter): void => {
    const text = this.offsets.findLastIndex((offset) => offset <= index);
    const unit = index - (this.offsets[text] ?? 0);
    const column = this.columns.find((entries) => entries[text] === unit) ?? [];
    this.mark(column);
    popup().show(anchor, this.card(text, unit, column), by);
  };

  private readonly leave = (): void => this.mark([]);

  /** Sets off what stands for each other in all texts. */
  private mark(column: readonly (number | null)[]): void {
    for (const token of this.renderRoot.querySelectorAll(".twin")) token.classList.remove("twin");
    column.forEach((unit, text) => {
      if (unit === null) return;
      const at = (this.offsets[text] ?? 0) + unit;
      this.renderRoot.querySelector(`[data-unit="${at}"]`)?.classList.add("twin");
    });
  }

  private card(text: number, unit: number, column: readonly (number | null)[]): TemplateResult {
    const own = this.texts[text]?.units[unit];
    const others = column.flatMap((entry, other) => {
      if (other === text) return [];
      const stands = entry === null ? undefined : this.texts[other]?.units[entry];
      return [[this.titleOf(other), stands === undefined ? "nothing" : nameOf(stands)] as const];
    });
    return html`<div class="title">${own === undefined ? "" : nameOf(own)}</div>
      <dl>
        ${others.map(
          ([label, name]) =>
            html`<dt>${label}</dt>
              <dd>${name}</dd>`,
        )}
      </dl>
      <div class="fine">${t("columns.token", { unit: String(unit), title: this.titleOf(text) })}</div>`;
  }
}

/** What is shown of a text that several others go on from. */
const SHARED = 24;

/**
 * Each node's text as a whole: that of its parent (up to where it departs), then its own. A node that others follow
 * is the text before theirs, and no text of its own; of it the end is enough.
 */
export function textsOf({ nodes }: BranchesPanel, context: PanelContext): Text[] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const before = new Set(nodes.flatMap(({ parent, at }) => (parent !== null && at === null ? [parent] : [])));
  const whole = (node: BranchNode, depth: number): { units: Unit[]; departs: number } => {
    const own = unitsOf(context, node);
    const parent = node.parent === null ? undefined : known.get(node.parent);
    if (parent === undefined || depth > nodes.length) return { units: own, departs: 0 };
    const above = whole(parent, depth + 1);
    const shared = above.units.length - unitsOf(context, parent).length;
    const units =
      node.at === null ? endOf(above.units) : above.units.slice(0, shared + node.at - (parent.range?.[0] ?? 0));
    return { units: [...units, ...own], departs: units.length };
  };
  const texts = nodes.filter(({ id }) => !before.has(id)).map((node) => ({ node, ...whole(node, 0) }));
  const key = ({ id, text, surface }: Unit): unknown => id ?? text ?? surface;
  const first = texts[0]?.units.map(key) ?? [];
  return texts.map((text) => ({ ...text, matches: aligned(first, text.units.map(key)) }));
}

/** The last tokens, from a word on. */
function endOf(units: readonly Unit[]): Unit[] {
  if (units.length <= SHARED) return [...units];
  const last = units.slice(-SHARED);
  const word = last.findIndex(({ text }) => /^\s/.test(text ?? ""));
  return last.slice(Math.max(word, 0));
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-columns": ColumnsView;
  }
}
