/** The numbers of what is shown: of scores those of the chosen track, layers, heads and grouping. */
import type {
  AlternativesPanel,
  BranchesPanel,
  ChartPanel,
  GroupsPanel,
  LinksPanel,
  Panel,
  ReductionPanel,
  ScoresPanel,
  SegmentationsPanel,
  Strip,
  Unit,
} from "../contract";
import { decoded, row, value } from "../contract/arrays";
import type { PanelView } from "../state/view";
import { categoryOf } from "../theme/scales";
import { hex } from "../tokens/describe";
import { textOf } from "../views/branch-nodes";
import { isGrid, stripOf, type PanelContext } from "../views/context";
import { averageAt, fitting, fittingCells, indices, initialSelection } from "../views/select";
import { shownOf } from "../views/shown";
import { textsOfGroup } from "../views/tables";

export type Cell = string | number | null;

export interface Table {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

export function tablesOf(panel: Panel, context: PanelContext): Table[] {
  const look = context.look.value;
  switch (panel.kind) {
    case "scores":
      return [scores(panel, stripOf(context, panel.strip), look)];
    case "links":
      return [links(panel, context, look)];
    case "alternatives":
      return [alternatives(panel, stripOf(context, panel.strip))];
    case "segmentations":
      return segmentations(panel, context);
    case "reduction":
      return reduction(panel, stripOf(context, panel.strip));
    case "chart":
      return [chart(panel)];
    case "branches":
      return [branches(panel, context)];
    case "groups":
      return [groups(panel, context)];
  }
}

const known = (number: number | null | undefined): number | null =>
  number == null || Number.isNaN(number) ? null : Number(Math.fround(number).toPrecision(7));
const named = (label: string, unit: string): string => (unit === "" ? label : `${label} [${unit}]`);
const nameOf = (unit: Unit | undefined): string =>
  unit?.special === true ? (unit.surface ?? unit.text ?? "") : (unit?.text ?? unit?.surface ?? "");

function scores(panel: ScoresPanel, cut: Strip, look: PanelView): Table {
  const { strip, track, own, grouped, values, scale } = shownOf(panel, cut, look);
  const names = track.scale === "categorical";
  const grid = isGrid(strip);
  const columns = [
    ...["unit", "text"],
    ...(grid ? ["row", "column", "left", "top", "right", "bottom"] : ["id", "bytes", "segment"]),
    ...(grouped === null ? [] : ["group", "group text", named(`${track.label}, ${grouped.rule}`, track.unit)]),
    named(track.label, track.unit),
    ...(names ? ["name"] : []),
  ];
  const rows = strip.units.map((unit, index): Cell[] => {
    const range = grouped?.ranges[grouped.of[index] ?? 0] ?? [index, index + 1];
    const place = grid
      ? [unit.row ?? null, unit.col ?? null, ...(unit.box ?? [null, null, null, null])]
      : [unit.id ?? null, hex(unit), unit.segment ?? null];
    const whole = strip.units
      .slice(...range)
      .map(nameOf)
      .join("");
    return [
      ...[index, nameOf(unit), ...place],
      ...(grouped === null ? [] : [grouped.of[index] ?? null, whole, known(values[index])]),
      known(own[index]),
      ...(names ? [categoryOf(scale, value(own, index))] : []),
    ];
  });
  return { title: `${track.label}: ${strip.label}`, columns, rows };
}

function links(panel: LinksPanel, context: PanelContext, { cells, selections }: PanelView): Table {
  const [from, to] = [stripOf(context, panel.strip), stripOf(context, panel.target_strip)];
  const weights = decoded(panel.weights);
  const chosen = fitting(panel.axes, selections) ?? panel.axes.map(initialSelection);
  const slices = fittingCells(panel.axes, cells) ?? indices(chosen);
  const rows = panel.rows.flatMap(([start, stop], target) => {
    const at = slices.map((slice) => [...slice, target]);
    const target_text = to.units.slice(start, stop).map(nameOf).join("");
    const sources = panel.indices === null ? full(averageAt(weights, at)) : sparse(panel, at);
    return sources.map(([source, weight]): Cell[] => [
      ...[start, stop, target_text, source, nameOf(from.units[source]), known(weight)],
    ]);
  });
  const columns = [
    "target start",
    "target stop",
    "target text",
    "source",
    "source text",
    named(panel.label, panel.unit),
  ];
  return { title: panel.label, columns, rows };
}

const full = (values: Float32Array): [number, number][] =>
  [...values].flatMap((weight, unit): [number, number][] => (Number.isNaN(weight) ? [] : [[unit, weight]]));

/** The mean over slices of which each holds only its strongest; where one is missing it counts as zero. */
function sparse(panel: LinksPanel, at: readonly (readonly number[])[]): [number, number][] {
  const [weights, sources] = [decoded(panel.weights), panel.indices === null ? null : decoded(panel.indices)];
  const sums = new Map<number, number>();
  for (const index of at) {
    const own = row(weights, index);
    const names = sources === null ? [] : row(sources, index);
    names.forEach((unit, step) => {
      const weight = value(own, step);
      if (unit >= 0 && !Number.isNaN(weight)) sums.set(unit, (sums.get(unit) ?? 0) + weight / at.length);
    });
  }
  return [...sums].sort(([, one], [, other]) => other - one);
}

function alternatives(panel: AlternativesPanel, strip: Strip): Table {
  const [choices, probabilities, covered] = [panel.choices, panel.probabilities, panel.covered].map(decoded);
  if (!choices || !probabilities || !covered) return { title: "", columns: [], rows: [] };
  const rows = strip.units.flatMap((unit, index) =>
    [...row(choices, [index])].flatMap((choice, rank): Cell[][] => {
      const candidate = panel.candidates[choice];
      if (candidate === undefined) return [];
      const probability = known(row(probabilities, [index])[rank]);
      return [[index, nameOf(unit), rank + 1, candidate.id, candidate.text, probability, known(covered.data[index])]];
    }),
  );
  const columns = ["unit", "text", "rank", "id", "alternative", "probability", "probability of all listed"];
  return { title: `Alternatives: ${strip.label}`, columns, rows };
}

function segmentations(panel: SegmentationsPanel, context: PanelContext): Table[] {
  const strips = panel.strips.map((id) => stripOf(context, id));
  const shared = new Set(panel.shared);
  const rows = strips.flatMap((strip) =>
    strip.units.map((unit, index): Cell[] => [
      ...[strip.label, index, nameOf(unit), unit.id ?? null, hex(unit), unit.byte_start ?? null, unit.byte_end ?? null],
      unit.byte_start == null ? null : Number(shared.has(unit.byte_start)),
    ]),
  );
  const metrics = panel.metrics.map(({ label, unit, values }): Cell[] => [named(label, unit), ...values.map(known)]);
  const columns = ["tokenizer", "unit", "text", "id", "bytes", "byte start", "byte end", "all cut before it"];
  return [
    { title: "Tokens", columns, rows },
    { title: "Figures", columns: ["figure", ...strips.map(({ label }) => label)], rows: metrics },
  ];
}

function reduction(panel: ReductionPanel, strip: Strip): Table[] {
  const rows = panel.stages.flatMap((stage) => {
    const [to, size] = [decoded(stage.destination).data, decoded(stage.size).data];
    return strip.units.map((unit, index): Cell[] => {
      const destination = known(to[index]);
      const state = destination === null ? "dropped" : destination === index ? "kept" : "merged";
      return [stage.label, index, nameOf(unit), state, destination, known(size[index])];
    });
  });
  const answers = panel.answers.flatMap(({ label, candidates }) =>
    candidates.map((candidate): Cell[] => [label, candidate.label, known(candidate.probability)]),
  );
  return [
    { title: "Stages", columns: ["stage", "unit", "text", "state", "destination", "size"], rows },
    { title: "Answers", columns: ["variant", "answer", "probability"], rows: answers },
  ];
}

function chart({ label, x, y, series, baseline }: ChartPanel): Table {
  const rows = series.flatMap((one) =>
    one.x.map((place, at): Cell[] => [
      ...[one.label, place, known(one.y[at]), known(one.low?.[at]), known(one.high?.[at])],
    ]),
  );
  if (baseline !== null) rows.push(["baseline", null, baseline, null, null]);
  return { title: label, columns: ["series", named(x.label, x.unit), named(y.label, y.unit), "low", "high"], rows };
}

function branches(panel: BranchesPanel, context: PanelContext): Table {
  const rows = panel.nodes.map((node): Cell[] => [
    ...[node.id, node.parent, node.at, node.label, textOf(context, node)],
    ...[known(node.log_probability), known(node.value), Number(node.kept), node.cluster],
  ]);
  const columns = [
    "branch",
    "parent",
    "at",
    "label",
    "text",
    "log-probability [nat]",
    panel.value_label || "value",
    "kept",
    "cluster",
  ];
  return { title: panel.label, columns, rows };
}

function groups(panel: GroupsPanel, context: PanelContext): Table {
  const rows = panel.groups.flatMap((group) =>
    group.ranges.map(([start, stop], part): Cell[] => [
      ...[group.label, start, stop, textsOfGroup(context, group)[part] ?? "", known(group.value), group.unit],
      group.shares.map((share) => `${share.label} ${share.value}`).join("; "),
    ]),
  );
  return { title: panel.label, columns: ["group", "start", "stop", "text", "value", "unit", "shares"], rows };
}
