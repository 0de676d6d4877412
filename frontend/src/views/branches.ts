/** Continuations that branch: a tree, a braid or texts side by side, each with its numbers as a table. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { BranchesPanel, BranchNode } from "../contract";
import type { Trial } from "../marks/braid-layout";
import type { UnitEnter } from "../marks/events";
import { popup } from "../marks/popup";
import type { TreeItem } from "../marks/tree-layout";
import { t } from "../text";
import { count, number } from "../theme/format";
import { base } from "../theme/styles";
import { oneLine } from "../tokens/visible";
import { braidLine, labelOf, nodeCard, pathProbabilities, spokenNode, textOf, unitsOf, written } from "./branch-nodes";
import type { PanelContext } from "./context";
import { branches as numbers } from "./tables";
import "../marks/braid";
import "../marks/tree";
import "./columns";

/** More than eyes can follow. */
const MOST_NODES = 400;

export const branches = (panel: BranchesPanel, context: PanelContext): TemplateResult =>
  html`<tessera-branches .panel=${panel} .context=${context}></tessera-branches>`;

@customElement("tessera-branches")
export class BranchesView extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.6rem;
        min-inline-size: 0;
      }
    `,
  ];

  @property({ attribute: false }) panel!: BranchesPanel;
  @property({ attribute: false }) context!: PanelContext;
  private paths = new Map<string, number>();
  private items: TreeItem[] = [];
  private line: BranchNode | null = null;
  private trials: Trial[] = [];
  private tokens: string[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("panel")) return;
    this.paths = pathProbabilities(this.panel);
    this.line = this.panel.layout === "braid" ? braidLine(this.panel) : null;
    this.items = this.panel.nodes.slice(0, MOST_NODES).map((node) => ({ node, label: labelOf(this.context, node) }));
    this.trials = this.line === null ? [] : this.trialsOf(this.line);
    this.tokens = this.line === null ? [] : unitsOf(this.context, this.line).map((unit) => oneLine(written([unit])));
  }

  protected override render(): TemplateResult {
    const { label, layout } = this.panel;
    return html`
      ${label === "" ? nothing : html`<h4>${label}</h4>`}
      <div @unit-enter=${this.enter} @unit-leave=${() => popup().hide()}>
        ${layout === "columns" ? this.columns() : this.line === null ? this.tree() : this.braid()}
      </div>
      <details class="small">
        <summary>${count("branches.numbers", this.panel.nodes.length)}</summary>
        ${numbers(this.panel, this.context)}
      </details>
    `;
  }

  private tree(): TemplateResult {
    const left = this.panel.nodes.length - this.items.length;
    return html`<tessera-tree .items=${this.items} .label=${this.panel.label} .describe=${this.describe}></tessera-tree>
      <p class="small muted">${t("branches.tree")} ${left > 0 ? count("branches.further", left) : nothing}</p>`;
  }

  private braid(): TemplateResult {
    return html`<tessera-braid
        .tokens=${this.tokens}
        .trials=${this.trials}
        .label=${this.panel.label}
        .describe=${this.describe}
      ></tessera-braid>
      <p class="small muted">
        ${t("branches.braid")}
        ${this.panel.value_label === "" ? nothing : t("branches.value", { value: this.panel.value_label })}
      </p>`;
  }

  private columns(): TemplateResult {
    return html`<tessera-columns .panel=${this.panel} .context=${this.context}></tessera-columns>`;
  }

  private trialsOf(line: BranchNode): Trial[] {
    const [start] = line.range ?? [0];
    const trials = this.panel.nodes.flatMap((node, index): Trial[] => {
      if (node === line || node.at === null) return [];
      const note = node.value === null ? "" : number(node.value);
      const text = oneLine(textOf(this.context, node)) || node.label || "∅";
      const { length } = unitsOf(this.context, node);
      return [{ index, at: node.at - start, length, text, kept: node.kept, note }];
    });
    return alike(trials);
  }

  private readonly describe = (index: number): string =>
    spokenNode(this.panel, this.context, index, this.paths.get(this.panel.nodes[index]?.id ?? "") ?? NaN);

  private readonly enter = ({ index, anchor, by }: UnitEnter): void => {
    if (this.panel.layout === "columns") return;
    popup().show(anchor, nodeCard(this.panel, this.context, index), by);
  };
}

/** Trials at one place that wrote the same are one thread, which says how many they were. */
export function alike(trials: readonly Trial[]): Trial[] {
  const counts = new Map<string, number>();
  const key = ({ at, text, note, kept, index }: Trial): string => JSON.stringify([at, text, note, kept ? index : null]);
  for (const trial of trials) counts.set(key(trial), (counts.get(key(trial)) ?? 0) + 1);
  const firsts = new Map(trials.toReversed().map((trial) => [key(trial), trial]));
  return trials
    .filter((trial) => firsts.get(key(trial)) === trial)
    .map((trial) => {
      const times = counts.get(key(trial)) ?? 1;
      if (times === 1) return trial;
      return { ...trial, note: trial.note === "" ? count("branches.times", times) : `${times} × ${trial.note}` };
    });
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-branches": BranchesView;
  }
}
