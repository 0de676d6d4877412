/** Charts, branches and groups as tables of their numbers. */
import { html, type TemplateResult } from "lit";

import type { BranchesPanel, ChartPanel, Group, GroupsPanel, Series } from "../contract";
import { t } from "../text";
import { number, percent, quantity } from "../theme/format";
import { textOf, written } from "./branch-nodes";
import { stripOf, type PanelContext } from "./context";

const MOST_ROWS = 500;

export function chart({ label, x, y, series, baseline }: ChartPanel): TemplateResult {
  const places = [...new Set(series.flatMap((one) => one.x))];
  const columns = series.map((one) => ({ ...one, at: new Map(one.x.map((place, index) => [place, index])) }));
  const notes = [
    beyond(places.length),
    baseline === null ? "" : t("chart.baseline", { value: quantity(baseline, y.unit) }),
  ].filter((note) => note !== "");
  return table(
    label,
    [named(x.label, x.unit), ...series.map((one) => `${one.label} (${named(y.label, y.unit)})`)],
    places
      .slice(0, MOST_ROWS)
      .map((place) => [
        typeof place === "number" ? number(place) : place,
        ...columns.map((one) => withRange(one, one.at.get(place) ?? -1, y.unit)),
      ]),
    notes.join(" "),
  );
}

/** `0.5 nat (0.4 to 0.6)`. */
function withRange({ y, low, high }: Series, index: number, unit: string): string {
  const [least, most] = [low?.[index] ?? null, high?.[index] ?? null];
  const range =
    least === null || most === null ? "" : ` (${t("cost.range", { low: number(least), high: number(most) })})`;
  return `${quantity(y[index], unit)}${range}`;
}

export function branches({ label, nodes, value_label: name }: BranchesPanel, context: PanelContext): TemplateResult {
  const valued = nodes.some(({ value }) => value !== null);
  return table(
    label || t("branches.title"),
    [
      ...[t("branches.branch"), t("branches.from"), t("branches.text"), t("branches.log")],
      ...(valued ? [name || t("unit.value")] : []),
      t("branches.kept"),
    ],
    nodes
      .slice(0, MOST_ROWS)
      .map((node) => [
        node.label || node.id,
        originOf(node),
        textOf(context, node),
        quantity(node.log_probability, "nat"),
        ...(valued ? [number(node.value)] : []),
        t(node.kept ? "yes" : "no"),
      ]),
    beyond(nodes.length),
  );
}

function originOf({ parent, at }: BranchesPanel["nodes"][number]): string {
  if (parent === null) return t("branches.start");
  return at === null ? parent : t("branches.at", { parent, at: String(at) });
}

export function groups({ label, groups: list }: GroupsPanel, context: PanelContext): TemplateResult {
  const parts = [...new Set(list.flatMap(({ shares }) => shares.map((share) => share.label)))];
  return table(
    label || t("groups.title"),
    [t("groups.group"), t("branches.text"), t("unit.value"), ...parts],
    list
      .slice(0, MOST_ROWS)
      .map((group) => [
        group.label,
        textsOfGroup(context, group).join(" … "),
        quantity(group.value, group.unit),
        ...parts.map((part) => share(group, part)),
      ]),
    beyond(list.length),
  );
}

/** The texts of a group's ranges. */
export function textsOfGroup(context: PanelContext, { strip, ranges }: Group): string[] {
  const { units } = stripOf(context, strip);
  return ranges.map(([from, to]) => written(units.slice(from, to)));
}

function share({ shares }: Group, label: string): string {
  const found = shares.find((one) => one.label === label);
  return found === undefined ? t("number.none") : percent(found.value);
}

const beyond = (count: number): string =>
  count > MOST_ROWS ? t("table.first", { shown: String(MOST_ROWS), all: number(count) }) : "";

function table(caption: string, head: readonly string[], rows: readonly string[][], note = ""): TemplateResult {
  return html`<div class="scroll-x">
    <table class="small">
      <caption class="hidden-visually">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td dir="auto">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
    ${note === "" ? "" : html`<p class="small muted">${note}</p>`}
  </div>`;
}

const named = (label: string, unit: string): string => (unit === "" ? label : `${label}, ${unit}`);
