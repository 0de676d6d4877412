/** What a person means by pointing at units: a target to explain, a span to read, or units to select. */
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";

import type { Candidate, Strip } from "../contract";
import type { UnitReach, UnitSelect, UnitSweep } from "../marks/events";
import { popup } from "../marks/popup";
import type { UnitRange } from "../marks/token-strip";
import { moved } from "../state/targets";
import type { Looking } from "../state/view";
import { rich, t, type Key } from "../text";
import { quantity } from "../theme/format";
import { rechosen } from "../tokens/spans";
import { choicesAt } from "./alternatives";
import { alternativesOf, isGrid, type PanelContext } from "./context";
import { rangeOf, TOKENS, type Grouping } from "./grouping";
import { pinnedOrNot, pinSign, pinsNote, type Pinned } from "./pins";
import type { Linking } from "./linking";
import { between, existing, joined, numberOf, toggled, type Selected } from "./selecting";
import type { Shown } from "./shown";
import { unitCard, type Reading } from "./unit-card";

export interface Place {
  context: PanelContext;
  shown: Shown;
  linking: Linking;
  /** The numbers of a unit, for what is pinned. */
  readings: (unit: number) => Reading[];
}

export class Choosing {
  /** The unit that was touched last, from which shift reaches on. */
  private last: number | null = null;
  /** Whether the press that may become a click began on a unit. */
  private began = false;
  private refusal: Key | null = null;
  /** What was selected before the box or brush that is being drawn. */
  private before: Selected = [];

  constructor(
    private readonly host: ReactiveControllerHost,
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

  get pinning(): boolean {
    return this.look.value.tool === "pin";
  }

  get pinned(): Pinned {
    return existing(this.strip, this.look.value.pinned ?? NONE);
  }

  /** Whether a click chooses a span, and asks for nothing else. */
  get spans(): boolean {
    return !this.selecting && !this.pinning && this.grouping.by === "span" && !isGrid(this.strip);
  }

  /** Whether shift and arrows ask for a span. */
  get asks(): boolean {
    const { explain, result } = this.of().context;
    return explain !== null && !this.selecting && !this.pinning && result.lens === "importance";
  }

  get selected(): Selected {
    return existing(this.strip, this.look.value.selected ?? []);
  }

  /** A span that is to be read begins as what is explained. */
  group(changes: Partial<Grouping>): void {
    const begun = changes.by === "span" && this.grouping.span === null ? { span: this.chosen() } : {};
    this.look.set({ grouping: { ...this.grouping, ...begun, ...changes } });
  }

  /** The units that are explained, or asked for, when they lie on this strip. */
  chosen(): UnitRange | null {
    const asked = this.asked();
    if (this.of().context.asked !== null) return asked;
    const { target } = this.of().context.result;
    if (target?.strip !== this.strip.id || target.start === null || target.stop === null) return null;
    return [target.start, target.stop];
  }

  /** The units on this strip that a person has asked for. */
  private asked(): UnitRange | null {
    const { asked } = this.of().context;
    return asked?.strip === this.strip.id && asked.from !== undefined ? [asked.from, asked.to ?? asked.from + 1] : null;
  }

  readonly reach = ({ from, to }: UnitReach): void => {
    if (this.selecting) this.look.set({ selected: joined(this.selected, this.whole(between(from, to - 1))) });
    else if (this.spans) this.group({ span: [from, to] });
    else this.ask([from, to]);
  };

  readonly sweep = ({ units, begins }: UnitSweep): void => {
    if (begins) this.before = this.selected;
    this.look.set({ selected: joined(this.before, units) });
  };

  readonly select = (event: UnitSelect): void => {
    if (this.selecting) this.pick(event);
    else if (this.pinning) this.pin(event.index);
    else if (this.spans) this.group({ span: rechosen(this.grouping.span, event.index, event.extend) });
    else this.explain(event);
  };

  /** Keeps the numbers of a unit in sight, or no longer. */
  readonly pin = (unit: number): void => this.look.set({ pinned: pinnedOrNot(this.pinned, unit) });

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
    const { linking } = this.of();
    if (isGrid(this.strip)) {
      if (!linking.hold(this.strip, index)) this.card(index, anchor, by);
      return;
    }
    if (!extend) {
      linking.hold(this.strip, index);
      this.offer(index, anchor, by);
    }
    const whole = rangeOf(this.of().shown.grouped, index);
    if (this.askable(index)) this.ask(rechosen(this.asked() ?? (extend ? this.chosen() : null), index, extend, whole));
  }

  /** Whether this result's view asks about a unit: what was said, and in an importance result what was given, too. */
  private askable(index: number): boolean {
    const segment = this.strip.units[index]?.segment;
    return segment === "generated" || segment === "predicted" || this.of().context.result.lens === "importance";
  }

  /** Asks for the units, or says why nobody can; null clears what was asked. */
  private ask(range: UnitRange | null): void {
    const { asked, explain } = this.of().context;
    if (explain === null) return;
    this.refusal = range === null ? null : refusalOf(this.strip, range);
    if (this.refusal !== null) this.host.requestUpdate();
    else if (range === null) explain(null);
    else explain(moved(asked, this.strip.id, range));
  }

  /** On what lies around the units: nothing is chosen any longer. */
  readonly away = (event: MouseEvent): void => {
    const drawn = getSelection()?.isCollapsed === false;
    if (!drawn && !this.began && !onUnit(event) && !this.selecting && !this.pinning) this.clear();
  };

  /** A press on a unit that ends elsewhere is no click around them. */
  readonly pressed = (event: PointerEvent): void => {
    this.began = onUnit(event);
  };

  readonly keyed = {
    capture: true,
    handleEvent: (event: KeyboardEvent): void => {
      // Whoever has used the key before, such as a pinned pop-up, has prevented its default.
      if (event.key === "Escape" && !event.defaultPrevented) this.clear();
    },
  };

  private clear(): void {
    this.refusal = null;
    if (this.selecting) this.look.set({ selected: [] });
    else if (this.spans) this.group({ span: null });
    else if (this.asked() !== null) this.of().context.explain?.(null);
    this.of().linking.release();
    this.host.requestUpdate();
  }

  /** What else could have stood there: to go on from, or to be held against what does. */
  private offer(index: number, anchor: HTMLElement | SVGElement, by: "pointer" | "keyboard"): void {
    const { context, readings } = this.of();
    const panel = alternativesOf(context, this.strip);
    const branch = context.branch?.(this.strip, index) ?? null;
    const against = this.askable(index) ? this.contrasting(index) : null;
    const choices = panel && (branch ?? against) ? choicesAt(panel, this.strip, index, { branch, against }) : null;
    if (choices !== null) popup().pin(anchor, unitCard(this.strip, index, readings(index), choices), by);
  }

  private card(index: number, anchor: HTMLElement | SVGElement, by: "pointer" | "keyboard"): void {
    popup().pin(anchor, unitCard(this.strip, index, this.of().readings(index), null), by);
  }

  private contrasting(index: number): ((token: Candidate) => void) | null {
    const { asked, explain } = this.of().context;
    if (explain === null || refusalOf(this.strip, [index, index + 1]) !== null) return null;
    return ({ id }) => {
      popup().close();
      explain({ ...moved(asked, this.strip.id, [index, index + 1]), contrast: { ids: [id] } });
    };
  }

  /** What a click does, as three buttons. */
  switch(): TemplateResult {
    const { tool: now = "explain" } = this.look.value;
    const tool = (name: typeof now): TemplateResult =>
      html`<button
        class="quiet"
        aria-pressed=${name === now}
        title=${t(`choose.${name}-hint`)}
        @click=${() => this.look.set({ tool: name })}
      >
        ${t(`choose.${name}`)}
      </button>`;
    return html`<span class="row" role="group" aria-label=${t("choose.tool")}
      >${tool("explain")}${tool("select")}${tool("pin")}</span
    >`;
  }

  /** What is pinned, with its numbers. */
  pins(): TemplateResult | typeof nothing {
    const { readings, shown } = this.of();
    if (this.pinning && this.pinned.length === 0) return html`<p class="small muted">${t("pins.none")}</p>`;
    return pinsNote({
      strip: shown.strip,
      pinned: this.pinned,
      readings,
      change: (pinned) => this.look.set({ pinned }),
    });
  }

  /** The sign of a pinned unit, where it stands; null while none is. */
  signs(): ((unit: number) => string) | null {
    const { pinned } = this;
    return pinned.length === 0 ? null : (unit) => pinSign(pinned, unit);
  }

  /** How many units are selected, and their numbers together. */
  note(): TemplateResult | typeof nothing {
    const { selected } = this;
    if (this.refusal !== null) return html`<p class="small" role="alert">${t(this.refusal)}</p>`;
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

const NONE: Pinned = [];

/** Why nobody can explain these units; null when a model can try. */
function refusalOf({ id, role, units }: Strip, [from]: UnitRange): Key | null {
  const unit = units[from];
  if (role === "input") return "targets.no-input";
  if (from === 0 && id !== "output") return "targets.no-first";
  return unit?.special === true && unit.segment !== "generated" ? "targets.no-special" : null;
}

const onUnit = (event: Event): boolean =>
  event.composedPath().some((node) => node instanceof Element && node.hasAttribute("data-unit"));
