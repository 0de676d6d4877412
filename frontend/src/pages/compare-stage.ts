/** What a comparison draws: both sides, one of them, or their difference; what stands for each other is lit together. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { SourceState, Strip } from "../contract";
import type { UnitEnter } from "../marks/events";
import type { PatchGrid } from "../marks/patch-grid";
import { popup } from "../marks/popup";
import type { TokenStrip } from "../marks/token-strip";
import { columnOfUnits, type Comparison, type Side } from "../state/compare";
import type { Manner } from "../state/comparing";
import type { Measured } from "../state/measured";
import { merged, type Merged } from "../state/merged";
import { t } from "../text";
import { PreferencesController } from "../theme/preferences";
import type { ColourScale } from "../theme/scales";
import { isGrid, pictureOf } from "../views/context";
import { columnCard, spokenColumn, type Told } from "./compare-card";
import { stageStyles } from "./compare-styles";
import "../marks/patch-grid";
import "../marks/token-strip";

type Which = "one" | "other";
type Mark = TokenStrip | PatchGrid;

/** One drawn strip: its numbers by unit, the column of each, and what marks it. */
interface Drawn {
  strip: Strip;
  values: Float64Array;
  scale: ColourScale;
  columns: ArrayLike<number>;
  classes: (unit: number) => string;
  sources: readonly SourceState[];
}

@customElement("tessera-compare-stage")
export class CompareStage extends LitElement {
  static override styles = stageStyles;

  @property({ attribute: false }) comparison!: Comparison;
  @property({ attribute: false }) measured!: Measured;
  @property({ attribute: false }) sides!: readonly [Side, Side];
  @property({ attribute: false }) sources: readonly (readonly SourceState[])[] = [[], []];
  @property({ attribute: false }) names: readonly [string, string] = ["A", "B"];
  @property() manner: Exclude<Manner, "under"> = "beside";
  private readonly preferences = new PreferencesController(this);
  private drawn: Partial<Record<Which | "merged", Drawn>> = {};
  private both: Merged | null = null;

  /** Goes to a column: its first unit has the focus, and its numbers are open. */
  async jump(column: number): Promise<void> {
    for (const which of ["merged", "other", "one"] as const) {
      const unit = this.drawn[which] ? Array.prototype.indexOf.call(this.drawn[which].columns, column) : -1;
      const tile = unit < 0 ? null : this.markOf(which)?.tileOf(unit);
      if (!tile) continue;
      await scrolledTo(tile);
      // As with a key: the numbers open at once.
      tile.focus({ preventScroll: true });
      this.show(which, unit, tile, "keyboard");
      return;
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("comparison")) this.both = null;
    if (changed.has("comparison") || changed.has("measured") || changed.has("manner")) this.drawn = this.all();
  }

  protected override render(): TemplateResult {
    const shown = Object.keys(this.drawn) as (Which | "merged")[];
    return html`<div class="stage ${shown.length > 1 ? "two" : ""} ${this.comparison.kind}">
      ${shown.map((which) => this.section(which))}
    </div>`;
  }

  private all(): Partial<Record<Which | "merged", Drawn>> {
    switch (this.manner) {
      case "a":
        return { one: this.side("one") };
      case "b":
        return { other: this.side("other") };
      case "difference":
        return { merged: this.difference() };
      case "beside":
        return { one: this.side("one"), other: this.side("other") };
    }
  }

  /** A side with the numbers of its columns; what stands in none has its own, unless ranks are shown. */
  private side(which: Which): Drawn {
    const at = which === "one" ? 0 : 1;
    const { strip, values: own } = this.sides[at];
    const numbers = which === "one" ? this.measured.a : this.measured.b;
    const columns = columnOfUnits(this.comparison.columns, which, strip.units.length);
    const equal = (unit: number): boolean => this.comparison.columns[columns[unit] ?? -1]?.equal === true;
    const ranks = this.measured.measure === "ranks";
    const patches = this.comparison.kind === "picture";
    const values = Float64Array.from(strip.units, (_, unit) => {
      if (equal(unit)) return numbers[columns[unit] ?? -1] ?? NaN;
      return ranks || patches ? NaN : (own[unit] ?? NaN);
    });
    const classes = (unit: number): string => (equal(unit) ? "" : "unaligned");
    return { strip, values, scale: this.measured.scale, columns, classes, sources: this.sources[at] ?? [] };
  }

  private difference(): Drawn {
    const { columns } = this.comparison;
    this.both ??= merged(columns, this.sides[0].strip, this.sides[1].strip);
    const { strip, columns: of, kinds } = this.both;
    const values = Float64Array.from(of, (column) => this.measured.difference[column] ?? NaN);
    const classes = (unit: number): string => ({ same: "", removed: "dropped", added: "added" })[kinds[unit] ?? "same"];
    const scale = this.measured.differenceScale;
    return { strip, values, scale, columns: of, classes, sources: this.sources[0] ?? [] };
  }

  private section(which: Which | "merged"): TemplateResult | typeof nothing {
    const drawn = this.drawn[which];
    if (drawn === undefined) return nothing;
    const name = which === "merged" ? t("compare.difference") : this.names[which === "one" ? 0 : 1];
    return html`<section
      class=${which}
      aria-label=${name}
      @unit-enter=${({ index, anchor, by }: UnitEnter) => this.show(which, index, anchor, by)}
      @unit-leave=${this.leave}
    >
      ${Object.keys(this.drawn).length > 1 ? html`<p class="name" aria-hidden="true">${name}</p>` : nothing}
      ${isGrid(drawn.strip) ? this.picture(drawn) : this.text(drawn)}
    </section>`;
  }

  private text(drawn: Drawn): TemplateResult {
    const { invisible, marks } = this.preferences.value;
    return html`<tessera-token-strip
      .strip=${drawn.strip}
      .values=${drawn.values}
      .scale=${drawn.scale}
      .classOf=${drawn.classes}
      .describe=${(unit: number) => this.spoken(drawn, unit)}
      .invisible=${invisible}
      .marks=${marks}
    ></tessera-token-strip>`;
  }

  private picture(drawn: Drawn): TemplateResult {
    const { marks, strength, beside } = this.preferences.value;
    return html`<tessera-patch-grid
      .strip=${drawn.strip}
      .picture=${pictureOf({ sources: drawn.sources }, drawn.strip)}
      .values=${drawn.values}
      .scale=${drawn.scale}
      .describe=${(unit: number) => this.spoken(drawn, unit)}
      .marks=${marks}
      .strength=${strength}
      .beside=${beside}
    ></tessera-patch-grid>`;
  }

  private get told(): Told {
    return { comparison: this.comparison, measured: this.measured, sides: this.sides, names: this.names };
  }

  private spoken({ columns }: Drawn, unit: number): string {
    return spokenColumn(this.told, columns[unit] ?? -1);
  }

  private show(which: Which | "merged", unit: number, anchor: Element, by: "pointer" | "keyboard"): void {
    const column = this.drawn[which]?.columns[unit] ?? -1;
    popup().show(anchor, columnCard(this.told, column), by);
    this.light(column);
  }

  private readonly leave = (): void => {
    popup().hide();
    this.light(null);
  };

  /** Sets off what stands for each other on both sides. */
  private light(column: number | null): void {
    for (const which of ["one", "other"] as const) {
      const mark = this.markOf(which);
      for (const lit of mark?.renderRoot.querySelectorAll("[data-lit]") ?? []) lit.removeAttribute("data-lit");
      const range = column === null ? null : this.comparison.columns[column]?.[which];
      if (!mark || !range) continue;
      for (let unit = range[0]; unit < range[1]; unit++) mark.tileOf(unit)?.setAttribute("data-lit", "");
    }
  }

  private markOf(which: Which | "merged"): Mark | null {
    return this.renderRoot.querySelector<Mark>(`.${which} tessera-token-strip, .${which} tessera-patch-grid`);
  }
}

/** In the middle of the window, where it has come to rest: a pop-up closes when the page scrolls. */
export async function scrolledTo(element: Element): Promise<void> {
  element.scrollIntoView({ block: "center", behavior: "instant" });
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-compare-stage": CompareStage;
  }
}
