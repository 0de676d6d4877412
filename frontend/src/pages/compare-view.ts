/** Two pinned answers against each other: fetched, aligned, drawn on one scale, and told in numbers. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { methods as allMethods } from "../api";
import type { MethodEntry } from "../contract";
import { isCut } from "../state/boundaries";
import { compare, type Comparison, type Side, type Unlike } from "../state/compare";
import { BEGIN, type Comparing, type Manner } from "../state/comparing";
import { counterpart } from "../state/edited";
import { measured, type Measured } from "../state/measured";
import type { Place } from "../state/pins";
import { sideOf, SideWatch, type Fetched } from "../state/side";
import { t } from "../text";
import { isGrid } from "../views/context";
import type { Told } from "./compare-card";
import type { CompareLines } from "./compare-lines";
import { agreementTable, differenceList, figureTable, type Listening } from "./compare-numbers";
import { answers, editNote, notes, rows } from "./compare-notes";
import { sideHead } from "./compare-sides";
import type { CompareStage } from "./compare-stage";
import { compareStyles } from "./compare-styles";
import { tools } from "./compare-tools";
import { problemNote } from "./problem";
import "../marks/legend";
import "./compare-lines";
import "./compare-stage";

export class ComparingChange extends Event {
  static readonly type = "comparing-change";
  constructor(readonly comparing: Comparing) {
    super(ComparingChange.type);
  }
}

type Ready = Fetched & { kind: "ready" };

/** What is known of two sides that are both there. */
interface Both {
  a: Ready;
  b: Ready;
  sides: readonly [Side, Side];
  comparison: Comparison | Unlike;
}

@customElement("tessera-compare")
export class CompareView extends LitElement {
  static override styles = compareStyles;

  @property({ attribute: false }) comparing: Comparing = BEGIN;
  /** What both sides are called in what is drawn. */
  @property({ attribute: false }) names: readonly [string, string] = ["A", "B"];
  /** Of a branch, the unit of B that took another one's place: both are aligned behind it, too. */
  @property({ attribute: false }) from: number | null = null;
  /** Without what chooses the sides: they are given. */
  @property({ type: Boolean }) fixed = false;
  private catalogue: readonly MethodEntry[] = [];
  private readonly a = new SideWatch(this, () => this.comparing.a);
  private readonly b = new SideWatch(this, () => this.comparing.b);
  private of: readonly unknown[] = [];
  private both: Both | null = null;
  private numbers: Measured | null = null;
  private measuredOf: readonly unknown[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.loadCatalogue();
  }

  protected override willUpdate(): void {
    const { a, b } = this.comparing;
    const of = [this.a.value, this.b.value, a?.panel, a?.part, a?.selections, b?.panel, b?.part, b?.selections];
    if (of.some((part, at) => part !== this.of[at])) {
      this.of = of;
      this.both = this.compared();
    }
    const wanted = [this.both, this.comparing.ranks];
    if (wanted.every((part, at) => part === this.measuredOf[at])) return;
    this.measuredOf = wanted;
    const comparison = this.both?.comparison ?? "kinds";
    const names = [t("compare.same"), t("compare.differs")] as const;
    this.numbers =
      typeof comparison === "string" ? null : measured(comparison, this.comparing.ranks ? "ranks" : "values", names);
  }

  protected override render(): TemplateResult {
    const { a, b } = this.comparing;
    if (a === null || b === null) {
      return html`<p class="muted">${a === null && b === null ? t("compare.none") : t("compare.one")}</p>`;
    }
    return html`${this.fixed ? nothing : this.heads()} ${this.state("A", this.a.value)} ${this.state("B", this.b.value)}
    ${this.both === null ? this.lacking() : this.body(this.both)}`;
  }

  private heads(): TemplateResult {
    const head = (letter: "A" | "B", at: "a" | "b"): unknown => {
      const place = this.comparing[at];
      const change = (changed: Place): void => this.choose(at, changed);
      return place && sideHead(letter, place, this[at].value, this.catalogue, change);
    };
    return html`<div class="sides">${head("A", "a")} ${head("B", "b")}</div>`;
  }

  /** Of an edited prompt the same answer of both runs is compared, whichever of both is chosen. */
  private choose(at: "a" | "b", place: Place): void {
    const [own, others] = at === "a" ? [this.a.value, this.b.value] : [this.b.value, this.a.value];
    const known = "run" in own && "run" in others && this.comparing.edited;
    const state = known ? own.run.results.find(({ id }) => id === place.result) : undefined;
    const twin = known && state ? counterpart(state, own.run, others.run) : null;
    const other = at === "a" ? this.comparing.b : this.comparing.a;
    const followed = twin && other ? { ...place, at: other.at, result: twin.id } : other;
    this.change(at === "a" ? { a: place, b: followed } : { a: followed, b: place });
  }

  private state(side: string, { kind, ...fetched }: Fetched): TemplateResult | typeof nothing {
    if (kind === "loading") return html`<p class="muted" role="status">${t("compare.loading", { side })}</p>`;
    if (kind === "waiting") return html`<p class="muted" role="status">${t("compare.waiting", { side })}</p>`;
    if (kind !== "failed") return nothing;
    const problem = "problem" in fetched ? fetched.problem : null;
    const gone = problem === null || problem.status === 404;
    return html`<div class="problem" role="alert">
      ${gone ? t("compare.failed", { side }) : html`${t("compare.problem", { side })} ${problemNote(problem)}`}
    </div>`;
  }

  /** A side is there, but not the part of it that is named. */
  private lacking(): unknown {
    return (["a", "b"] as const).map((at) => {
      const { value } = this[at];
      const place = this.comparing[at];
      if (value.kind !== "ready" || place === null || sideOf(value.result, place) !== null) return nothing;
      return html`<p role="alert">${t("compare.lacks", { side: at.toUpperCase() })}</p>`;
    });
  }

  private compared(): Both | null {
    const { a, b } = this.comparing;
    const [one, other] = [this.a.value, this.b.value];
    if (a === null || b === null || one.kind !== "ready" || other.kind !== "ready") return null;
    const [left, right] = [sideOf(one.result, a), sideOf(other.result, b)];
    if (left === null || right === null) return null;
    const comparison = compare(left, right, { behind: this.from !== null });
    return { a: one, b: other, sides: [left, right], comparison };
  }

  private body({ a, b, sides, comparison }: Both): TemplateResult {
    if (typeof comparison === "string" || this.numbers === null) {
      const why = typeof comparison === "string" ? comparison : "kinds";
      return html`<p role="status">${t(`compare.unlike-${why}`)}</p>`;
    }
    const told: Told = { comparison, measured: this.numbers, sides, names: this.names };
    const listening: Listening = {
      change: (changes) => this.change(changes),
      jump: (column) => void this.jump(column),
    };
    return html`
      ${editNote(comparison, this.comparing.edited)} ${answers(a, b, this.comparing.edited)}
      ${tools(this.comparing, this.manner(sides), comparison, { picture: isGrid(sides[0].strip), fixed: this.fixed }, listening.change)}
      ${this.drawn(told, { a, b, sides, comparison })} ${this.legend(told)} ${notes(told)}
      <div class="numbers">
        ${agreementTable(told, this.comparing, listening)} ${differenceList(told, this.comparing, listening)}
        ${this.fixed || a.state.id === b.state.id ? nothing : figureTable(a.result, b.result)}
      </div>
    `;
  }

  /** Pictures do not stand one under the other. */
  private manner(sides: readonly [Side, Side]): Manner {
    const { manner } = this.comparing;
    return manner === "under" && isGrid(sides[0].strip) ? "beside" : manner;
  }

  private drawn(told: Told, { a, b, sides }: Both): TemplateResult {
    const manner = this.manner(sides);
    if (manner !== "under") {
      return html`<tessera-compare-stage
        .comparison=${told.comparison}
        .measured=${told.measured}
        .sides=${sides}
        .sources=${[a.run.sources, b.run.sources]}
        .names=${this.names}
        .manner=${manner}
      ></tessera-compare-stage>`;
    }
    const cut = isCut(sides) ? rows(sides, b.result) : null;
    return cut ?? html`<tessera-compare-lines .told=${told} .from=${this.from}></tessera-compare-lines>`;
  }

  private legend({ comparison, measured: numbers, sides }: Told): TemplateResult | typeof nothing {
    const { manner } = this.comparing;
    // Rows of tokenizers have no numbers on them.
    if (manner === "under" && isCut(sides)) return nothing;
    const difference = manner === "difference";
    const ranks = numbers.measure === "ranks";
    const picture = comparison.kind === "picture";
    const { track } = sides[0];
    const locked = ranks ? t("compare.by-ranks") : t("compare.locked");
    return html`<tessera-legend
      .scale=${difference ? numbers.differenceScale : numbers.scale}
      .values=${difference ? numbers.difference : [...numbers.a, ...numbers.b]}
      .unit=${ranks ? "" : track.unit}
      .label=${difference ? t("compare.difference") : track.label}
      .reads=${difference ? t(picture ? "compare.reads-patches" : "compare.reads-difference") : locked}
    ></tessera-legend>`;
  }

  private change(changes: Partial<Comparing>): void {
    this.dispatchEvent(new ComparingChange({ ...this.comparing, ...changes }));
  }

  private jump(column: number): Promise<void> | void {
    const lines = this.renderRoot.querySelector<CompareLines>("tessera-compare-lines");
    if (lines) return lines.jump(column);
    return this.renderRoot.querySelector<CompareStage>("tessera-compare-stage")?.jump(column);
  }

  private async loadCatalogue(): Promise<void> {
    if (this.fixed) return;
    const shared = [this.comparing.a, this.comparing.b].find((place) => place?.at.startsWith("s/"));
    try {
      this.catalogue = await allMethods(shared ? `/api/shares/${shared.at.slice(2)}` : "/api");
      this.requestUpdate();
    } catch {
      // Without the catalogue methods are called by their keys.
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-compare": CompareView;
  }
  interface HTMLElementEventMap {
    "comparing-change": ComparingChange;
  }
}
