/** What the nodes of a branches panel say: their texts, the ways to them, the card that the pop-up shows. */
import { html, nothing, type TemplateResult } from "lit";

import type { BranchesPanel, BranchNode, Unit } from "../contract";
import { t } from "../text";
import { number, percent, quantity } from "../theme/format";
import { oneLine, quoted } from "../tokens/visible";
import { stripOf, type PanelContext } from "./context";

export function unitsOf(context: PanelContext, { strip, range }: BranchNode): Unit[] {
  const { units } = stripOf(context, strip);
  return range === null ? units : units.slice(...range);
}

export const written = (units: readonly Unit[]): string =>
  units.map((unit) => (unit.special ? (unit.surface ?? unit.text ?? "") : (unit.text ?? ""))).join("");

export const textOf = (context: PanelContext, node: BranchNode): string => written(unitsOf(context, node));

const MOST = 26;

/** On one line and not too long; of a root, which is the text so far, the end. */
export function labelOf(context: PanelContext, node: BranchNode): string {
  const text = oneLine(textOf(context, node)).trim() || node.label || "∅";
  const chars = Array.from(text);
  if (chars.length <= MOST) return text;
  return node.parent === null ? `…${chars.slice(1 - MOST).join("")}` : `${chars.slice(0, MOST - 1).join("")}…`;
}

/** The probability of the way from the root to each node, the node included; NaN where a part of it is unknown. */
export function pathProbabilities({ nodes }: Pick<BranchesPanel, "nodes">): Map<string, number> {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const paths = new Map<string, number>();
  const path = (node: BranchNode): number => {
    const done = paths.get(node.id);
    if (done !== undefined) return done;
    const parent = node.parent === null ? undefined : known.get(node.parent);
    const own = node.log_probability ?? (parent === undefined ? 0 : NaN);
    paths.set(node.id, NaN);
    const whole = (parent === undefined ? 1 : path(parent)) * Math.exp(own);
    paths.set(node.id, whole);
    return whole;
  };
  nodes.forEach(path);
  return paths;
}

/** The one line that all others leave at a token of it; null where the nodes make no braid. */
export function braidLine({ nodes }: Pick<BranchesPanel, "nodes">): BranchNode | null {
  const [line, ...more] = nodes.filter(({ parent }) => parent === null);
  if (line === undefined || more.length > 0) return null;
  return nodes.every((node) => node === line || (node.parent === line.id && node.at !== null)) ? line : null;
}

export function nodeCard(panel: BranchesPanel, context: PanelContext, index: number): TemplateResult {
  const node = panel.nodes[index];
  if (node === undefined) return html``;
  const path = pathProbabilities(panel).get(node.id) ?? NaN;
  const row = (label: string, text: string) =>
    html`<dt>${label}</dt>
      <dd>${text}</dd>`;
  const log = node.log_probability;
  const tree = panel.layout === "tree" && node.parent !== null;
  return html`<div class="title">${quoted(textOf(context, node))}</div>
    ${node.label === "" ? nothing : html`<div class="fine">${node.label}</div>`}
    <dl>
      ${node.value === null ? nothing : row(panel.value_label || t("unit.value"), number(node.value))}
      ${tree && !Number.isNaN(path) ? row(t("branches.way"), percent(path)) : nothing}
      ${log === null ? nothing : row(t("branches.own"), percent(Math.exp(log)))}
      ${log === null ? nothing : row(t("branches.log"), quantity(log, "nat"))}
      ${node.cluster === null ? nothing : row(t("branches.cluster"), String(node.cluster))}
    </dl>
    <div class="fine">${fate(panel, node)}</div>`;
}

export function fate({ layout }: BranchesPanel, { parent, kept, at }: BranchNode): string {
  if (parent === null) return t(layout === "tree" ? "branches.root" : "branches.original");
  const where = at === null ? "" : `, ${t("branches.departs", { at: String(at) })}`;
  return t(kept ? "branches.kept" : "branches.not-kept") + where;
}

/** `“ the”: accepted with 0.8, probability of the way 34%, kept`. */
export function spokenNode(panel: BranchesPanel, context: PanelContext, index: number, path: number): string {
  const node = panel.nodes[index];
  if (node === undefined) return "";
  const parts = [
    ...(node.value === null ? [] : [`${panel.value_label || t("unit.value")} ${number(node.value)}`]),
    ...(panel.layout !== "tree" || node.parent === null || Number.isNaN(path)
      ? []
      : [t("branches.probability", { probability: percent(path) })]),
    fate(panel, node),
  ];
  return `${quoted(textOf(context, node))}: ${parts.join(", ")}`;
}
