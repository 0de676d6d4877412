/** What a method would keep, merge or drop, stage by stage; what that saves, and whether the answer survives. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Answer, Cost, ReductionPanel, Stage, Strip } from "../contract";
import { readsOf } from "../forms/cards";
import { barStyles, probabilityBars } from "../marks/bars";
import { curveStyles, stepCurve } from "../marks/curve";
import type { UnitEnter } from "../marks/events";
import { popup } from "../marks/popup";
import { count, number, percent, quantity, seconds } from "../theme/format";
import { PreferencesController } from "../theme/preferences";
import { base } from "../theme/styles";
import { nameOf, whereabouts } from "../tokens/describe";
import { isGrid, pictureOf, stripOf, type PanelContext } from "./context";
import { fate, groupsOf, type Groups } from "../marks/groups";
import { Looking } from "../state/view";
import { t } from "../text";
import "../marks/merge-grid";
import "../marks/token-strip";

const VARIANTS: Record<Answer["variant"], string> = {
  full: t("reduction.full"),
  reduced: t("reduction.reduced"),
  random: t("reduction.random"),
};

export const reduction = (panel: ReductionPanel, context: PanelContext): TemplateResult =>
  html`<tessera-reduction .panel=${panel} .context=${context}></tessera-reduction>`;

@customElement("tessera-reduction")
export class ReductionView extends LitElement {
  static override styles = [
    base,
    barStyles,
    curveStyles,
    css`
      :host {
        display: grid;
        gap: 1rem;
        min-inline-size: 0;
      }
      input[type="range"] {
        flex: 1 1 12rem;
        max-inline-size: 20rem;
        accent-color: var(--accent);
      }
      .answers {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
        gap: 1rem 1.5rem;
      }
      .answers h4 {
        font-size: 0.875rem;
        color: var(--muted);
        font-weight: 500;
      }
      .answers strong {
        font-size: 1.1rem;
      }
    `,
  ];

  @property({ attribute: false }) panel!: ReductionPanel;
  @property({ attribute: false }) context!: PanelContext;
  @state() private lit: number | null = null;
  private readonly preferences = new PreferencesController(this);
  private readonly look = new Looking(this, () => this.context.look);
  private drawn: Stage | null = null;
  private strip!: Strip;
  private groups!: Groups;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("panel")) this.strip = stripOf(this.context, this.panel.strip);
    if (this.drawn !== this.stage) this.groups = groupsOf(this.stage);
    this.drawn = this.stage;
  }

  /** The stage that is shown: at first the last. */
  private get shown(): number {
    return Math.min(this.look.value.stage ?? Infinity, this.panel.stages.length - 1);
  }

  protected override render(): TemplateResult {
    const total = this.strip.units.length;
    const counts = this.panel.stages.map(({ count: left }) => left);
    return html`
      <label class="row small">
        <input
          type="range"
          min="0"
          max=${this.panel.stages.length - 1}
          .value=${String(this.shown)}
          aria-valuetext=${this.stage.label}
          @input=${(event: Event) => this.look.set({ stage: (event.target as HTMLInputElement).valueAsNumber })}
        />
        <span
          ><strong>${this.stage.label}</strong>:
          ${t("reduction.left", { left: number(this.stage.count), all: number(total) })}</span
        >
      </label>
      <div @unit-enter=${this.enter} @unit-leave=${this.leave}>${this.picture()}</div>
      <p class="small muted">${t("reduction.how")} ${readsOf(this.context.result)} ${this.panel.positions}</p>
      <div>
        <h4>${t("reduction.after")}</h4>
        ${stepCurve(
          [
            { label: t("reduction.units-left"), values: counts },
            { label: t("reduction.all"), values: counts.map(() => total), faint: true },
          ],
          this.shown,
        )}
      </div>
      <div class="answers">${this.panel.answers.map((answer) => this.answer(answer))}</div>
      ${this.costs()}
    `;
  }

  private get stage(): Stage {
    const stage = this.panel.stages[this.shown];
    if (!stage) throw new Error("a reduction panel without stages");
    return stage;
  }

  private picture(): TemplateResult {
    if (isGrid(this.strip)) {
      return html`<tessera-merge-grid
        .strip=${this.strip}
        .picture=${pictureOf(this.context, this.strip)}
        .groups=${this.groups}
        .describe=${this.describe}
        .lit=${this.lit}
      ></tessera-merge-grid>`;
    }
    return html`<tessera-token-strip
      .strip=${this.strip}
      .describe=${this.describe}
      .classOf=${(unit: number) => fate(this.groups, unit)}
      .invisible=${this.preferences.value.invisible}
    ></tessera-token-strip>`;
  }

  private answer({ variant, label, candidates, divergence, agreement }: Answer): TemplateResult {
    return html`<div>
      <h4>${VARIANTS[variant]}</h4>
      <p><strong>${candidates[0]?.label ?? ""}</strong> <span class="small muted">${label}</span></p>
      ${probabilityBars(candidates.map((candidate) => ({ label: candidate.label, value: candidate.probability })))}
      ${divergence === null ? nothing : html`<p class="small muted">${t("reduction.divergence", { value: quantity(divergence, "nat") })}</p>`}
      ${agreement === null ? nothing : html`<p class="small muted">${t("reduction.agrees", { share: percent(agreement) })}</p>`}
    </div>`;
  }

  private costs(): TemplateResult {
    const { latency } = this.panel;
    return html`<div class="scroll-x">
      <table class="small">
        <thead>
          <tr>
            <th scope="col">${t("reduction.cost")}</th>
            <th scope="col" class="number">${t("reduction.before")}</th>
            <th scope="col" class="number">${t("reduction.after-it")}</th>
            <th scope="col" class="number">${t("reduction.saved")}</th>
          </tr>
        </thead>
        <tbody>
          ${this.panel.costs.map((cost) => costRow(cost))}
          ${
            latency === null
              ? nothing
              : html`<tr>
                  <th scope="row">${t("reduction.latency", { runs: number(latency.runs) })}</th>
                  <td class="number">${seconds(latency.before)}</td>
                  <td class="number">${seconds(latency.after)}</td>
                  <td class="number">${saved(latency.before, latency.after)}</td>
                </tr>`
          }
        </tbody>
      </table>
    </div>`;
  }

  private readonly describe = (unit: number): string =>
    `${nameOf(this.strip.units[unit] ?? { kind: "token" })}: ${this.story(unit)}`;

  private story(unit: number): string {
    const survivor = this.groups.root[unit] ?? -1;
    const size = this.groups.members.get(survivor)?.length ?? 0;
    const patches = this.strip.units[unit]?.kind === "patch";
    if (survivor < 0) return t("reduction.dropped");
    if (size === 1) return t(this.panel.protected.includes(unit) ? "reduction.protected" : "reduction.kept");
    if (survivor === unit) return count(patches ? "reduction.holds-patches" : "reduction.holds-tokens", size);
    const home = this.strip.units[survivor];
    return count("reduction.merged", size - 1, { home: home ? nameOf(home) : String(survivor) });
  }

  private readonly enter = ({ index, anchor, by }: UnitEnter): void => {
    this.lit = index;
    const content = html`<div class="title">${nameOf(this.strip.units[index] ?? { kind: "token" })}</div>
      <p>${this.story(index)}</p>
      <div class="fine">${whereabouts(this.strip, index)}</div>`;
    popup().show(anchor, content, by);
  };

  private readonly leave = (): void => {
    this.lit = null;
    popup().hide();
  };
}

function costRow({ label, unit, formula, before, after }: Cost): TemplateResult {
  return html`<tr>
    <th scope="row">
      <details>
        <summary>${label}</summary>
        <code>${formula}</code>
      </details>
    </th>
    <td class="number">${quantity(before, unit)}</td>
    <td class="number">${quantity(after, unit)}</td>
    <td class="number">${saved(before, after)}</td>
  </tr>`;
}

/** What went away, of what was there: −23%; more than before is +5%. */
export function saved(before: number, after: number): string {
  if (before === 0) return "";
  const share = (100 * (before - after)) / before;
  return `${share < 0 ? "−" : ""}${quantity(Math.abs(Math.round(10 * share) / 10), "%")}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-reduction": ReductionView;
  }
}
