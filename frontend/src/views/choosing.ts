/** What a person means by pointing at units: a target to explain, a span to read, or units to select. */
import { html, nothing, type TemplateResult } from "lit";

import type { Strip } from "../contract";
import type { UnitReach, UnitSelect } from "../marks/events";
import { popup } from "../marks/popup";
import type { UnitRange } from "../marks/token-strip";
import type { Looking } from "../state/view";
import { rich, t } from "../text";
import { quantity } from "../theme/format";
import { rechosen } from "../tokens/spans";
import { choicesAt } from "./alternatives";
import { alternativesOf, isGrid, type PanelContext } from "./context";
import { TOKENS, type Grouping } from "./grouping";
import { between, joined, numberOf, toggled, type Selected } from "./selecting";
import type { Shown } from "./shown";
import { unitCard, type Reading } from "./unit-card";

export interface Place {
  context: PanelContext;
  shown: Shown;
  /** The numbers of a unit, for what is pinned. */
  readings: (unit: number) => Reading[];
}

export class Choosing {
  /** The unit that was touched last, from which shift reaches on. */
  private last: number | null = null;

  constructor(
    private readonly look: Looking,
    private readonly of: () => Place,
  ) {}

  private get strip(): Strip {
    return this.of().shown.strip;
  }

  /** As of the last click, which need not be drawn yet. */
  get grouping(): Grouping {
    return this.look.value.grouping ?? TOKENS;
  }

  get selecting(): boolean {
    return this.look.value.tool === "select";
  }

  /** Whether a click chooses a span, and asks for nothing else. */
  get spans(): boolean {
    return !this.selecting && this.grouping.by === "span" && !isGrid(this.strip);
  }

  get selected(): Selected {
    return this.look.value.selected ?? [];
  }

  group(changes: Partial<Grouping>): void {
    this.look.set({ grouping: { ...this.grouping, ...changes } });
  }

  /** The units that the result explains, when they lie on this strip. */
  chosen(): UnitRange | null {
    const { asked, result } = this.of().context;
    if (asked?.strip === this.strip.id) return [asked.from, asked.to];
    const { target } = result;
    if (target?.strip !== this.strip.id || target.start === null || target.stop === null) return null;
    return [target.start, target.stop];
  }

  readonly reach = ({ from, to }: UnitReach): void => {
    if (!this.selecting) this.group({ span: [from, to] });
    else this.look.set({ selected: joined(this.selected, this.whole(between(from, to - 1))) });
  };

  readonly select = (event: UnitSelect): void => {
    if (this.selecting) this.pick(event);
    else if (this.spans) this.group({ span: rechosen(this.grouping.span, event.index, event.extend) });
    else this.explain(event);
  };

  private pick({ index, extend }: UnitSelect): void {
    const reached = extend && this.last !== null;
    const units = this.whole(reached ? between(this.last ?? index, index) : [index]);
    this.last = index;
    this.look.set({ selected: (reached ? joined : toggled)(this.selected, units) });
  }

  /** The words or sentences of these units, where one number stands for a whole one. */
  private whole(units: Selected): Selected {
    const { grouped } = this.of().shown;
    if (grouped === null) return units;
    const ranges = new Set(units.map((unit) => grouped.ranges[grouped.of[unit] ?? 0]));
    return [...ranges].flatMap((range) => (range ? between(range[0], range[1] - 1) : []));
  }

  private explain({ index, extend, anchor, by }: UnitSelect): void {
    this.offer(index, anchor, by);
    const unit = this.strip.units[index];
    const { explain, result } = this.of().context;
    const askable = unit?.segment === "generated" || unit?.segment === "predicted" || result.lens === "importance";
    if (explain === null || unit === undefined || unit.special || !askable || index === 0 || isGrid(this.strip)) return;
    const [from, to] = (extend ? this.chosen() : null) ?? [index, index + 1];
    explain(this.strip.id, Math.min(from, index), Math.max(to, index + 1));
  }

  /** What else could have stood there, to go on from. */
  private offer(index: number, anchor: HTMLElement | SVGElement, by: "pointer" | "keyboard"): void {
    const { context, readings } = this.of();
    const panel = alternativesOf(context, this.strip);
    const branch = context.branch?.(this.strip, index) ?? null;
    const choices = panel && branch ? choicesAt(panel, this.strip, index, branch) : null;
    if (choices !== null) popup().pin(anchor, unitCard(this.strip, index, readings(index), choices), by);
  }

  /** What a click does, as two buttons. */
  switch(): TemplateResult {
    const tool = (name: "explain" | "select"): TemplateResult =>
      html`<button
        class="quiet"
        aria-pressed=${(name === "select") === this.selecting}
        title=${t(`choose.${name}-hint`)}
        @click=${() => this.look.set({ tool: name })}
      >
        ${t(`choose.${name}`)}
      </button>`;
    return html`<span class="row" role="group" aria-label=${t("choose.tool")}
      >${tool("explain")}${tool("select")}</span
    >`;
  }

  /** How many units are selected, and their numbers together. */
  note(): TemplateResult | typeof nothing {
    const { selected } = this;
    const { strip, track, own } = this.of().shown;
    if (selected.length === 0) {
      return this.selecting
        ? html`<p class="small muted">${t(isGrid(strip) ? "choose.none-patches" : "choose.none-tokens")}</p>`
        : nothing;
    }
    const numbers = track.aggregate.map(
      (rule) => html`<span>${t(`choose.${rule}`)} <b>${quantity(numberOf(own, selected, rule), track.unit)}</b></span>`,
    );
    return html`<p class="row small" role="status">
      <span
        >${rich(isGrid(strip) ? "choose.patches" : "choose.tokens", {
          count: selected.length,
          b: (inside) => html`<b>${inside}</b>`,
        })}</span
      >
      ${numbers}
      <button class="quiet" @click=${() => this.look.set({ selected: [] })}>${t("choose.clear")}</button>
    </p>`;
  }
}
