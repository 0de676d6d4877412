/** Both sides one under the other, column by column; what differs is underlined, what is missing hatched. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { UnitEnter } from "../marks/events";
import { paint } from "../marks/paint";
import { popup } from "../marks/popup";
import { Roving } from "../marks/roving";
import type { Compared } from "../state/compare";
import { textOf } from "../state/merged";
import { t } from "../text";
import { oneLine } from "../tokens/visible";
import type { Range } from "../tokens/spans";
import { columnCard, spokenColumn, type Told } from "./compare-card";
import { scrolledTo } from "./compare-stage";
import { lineStyles } from "./compare-styles";

/** So much of a text that both share is shown before the branch. */
const CONTEXT = 160;
const AT_ONCE = 600;

@customElement("tessera-compare-lines")
export class CompareLines extends LitElement {
  static override styles = lineStyles;

  @property({ attribute: false }) told!: Told;
  /** The unit of B that took another one's place: what both share before it is told in short. */
  @property({ attribute: false }) from: number | null = null;
  @state() private most = AT_ONCE;
  private readonly roving = new Roving(this, () => this.renderRoot);
  private first = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("unit-enter", this.enter);
    this.addEventListener("unit-leave", this.leave);
  }

  /** Goes to a column: it has the focus, and its numbers are open. */
  async jump(column: number): Promise<void> {
    this.most = Math.max(this.most, column - this.first + 1);
    await this.updateComplete;
    const pair = this.renderRoot.querySelector<HTMLElement>(`[data-unit="${column}"]`);
    if (!pair) return;
    await scrolledTo(pair);
    pair.focus({ preventScroll: true });
    popup().show(pair, columnCard(this.told, column), "keyboard");
  }

  protected override willUpdate(): void {
    const { from } = this;
    const holds = ({ other }: Compared): boolean =>
      from !== null && other !== null && other[0] <= from && from < other[1];
    this.first = Math.max(0, this.told.comparison.columns.findIndex(holds));
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("told")) this.roving.reset();
    for (const tile of this.renderRoot.querySelectorAll<HTMLElement>("[data-column]")) {
      const { a, b, scale } = this.told.measured;
      const values = tile.dataset["side"] === "a" ? a : b;
      const column = Number(tile.dataset["column"]);
      // What has no twin has its own number, unless ranks are shown.
      const own = this.told.comparison.columns[column];
      const value = values[column] ?? NaN;
      const alone =
        this.told.measured.measure === "ranks" ? NaN : ((tile.dataset["side"] === "a" ? own?.a : own?.b) ?? NaN);
      paint(tile, { values: [Number.isNaN(value) ? alone : value], scale }, 0);
    }
  }

  protected override render(): TemplateResult {
    const { columns } = this.told.comparison;
    const shown = columns.slice(this.first, this.first + this.most);
    const hidden = columns.length - this.first - shown.length;
    return html`${this.sharedText()}
      <div class="lines">
        <div class="names" aria-hidden="true">${this.told.names.map((name) => html`<span>${name}</span>`)}</div>
        <div
          class="pairs"
          role="listbox"
          aria-label=${t("compare.under")}
          @focusin=${this.roving.focusin}
          @focusout=${this.roving.focusout}
          @pointerover=${this.roving.pointerover}
          @pointerleave=${this.roving.pointerleave}
          @click=${this.roving.click}
          @keydown=${this.roving.keydown}
        >
          ${shown.map((column, step) => this.pair(column, this.first + step))}
        </div>
      </div>
      ${
        hidden > 0
          ? html`<button @click=${() => (this.most += 4 * AT_ONCE)}>${t("compare.more", { count: hidden })}</button>`
          : nothing
      }`;
  }

  private sharedText(): TemplateResult | typeof nothing {
    if (this.from === null) return nothing;
    const units = this.told.sides[1].strip.units.slice(0, this.from);
    const text = units.map((unit) => (unit.special === true ? "" : (unit.text ?? ""))).join("");
    return html`<p class="before small" dir="auto">${text.length > CONTEXT ? `… ${text.slice(-CONTEXT)}` : text}</p>`;
  }

  private pair(column: Compared, at: number): TemplateResult {
    const { one, other, equal } = column;
    const { sides } = this.told;
    const chosen = this.from !== null && other !== null && other[0] <= this.from && this.from < other[1];
    const breaks = [one, other].some((range, side) => said(sides, side, range).includes("\n"));
    return html`<span class="pair ${equal ? "" : "changed"}" data-unit=${at} role="option" tabindex="-1"
        ><span class="hidden-visually">${spokenColumn(this.told, at)}</span
        >${this.token("a", one, at, "")}${this.token("b", other, at, chosen ? "chosen" : "")}</span
      >${breaks ? html`<span class="break"></span>` : nothing}`;
  }

  private token(side: "a" | "b", range: Range | null, column: number, classes: string): TemplateResult {
    if (range === null) return html`<span class="none"></span>`;
    const text = said(this.told.sides, side === "a" ? 0 : 1, range);
    // White space is kept, so nothing may stand around the text.
    // prettier-ignore
    return html`<span class="tile ${classes}" aria-hidden="true" data-column=${column} data-side=${side}>${text.trim() === "" ? oneLine(text) : text.replaceAll("\n", "⏎")}</span>`;
  }

  private readonly enter = ({ index, anchor, by }: UnitEnter): void =>
    popup().show(anchor, columnCard(this.told, index), by);

  private readonly leave = (): void => popup().hide();
}

const said = (sides: Told["sides"], side: number, range: Range | null): string =>
  range === null ? "" : textOf(sides[side === 0 ? 0 : 1].strip.units.slice(...range));

declare global {
  interface HTMLElementTagNameMap {
    "tessera-compare-lines": CompareLines;
  }
}
