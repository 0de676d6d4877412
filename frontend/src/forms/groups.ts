/** The methods of one question in groups, by what they cost and need: quick looks first. */
import type { MethodEntry } from "../contract";
import { language, t } from "../text";
import { methodName, methodSummary } from "./cards";
import { fieldsOf } from "./fields";

export type Cost = "quick" | "models" | "passes" | "judges" | "data";

export const COSTS: readonly { cost: Cost; title: string; short: string }[] = [
  { cost: "quick", title: t("groups.quick"), short: t("groups.quick.short") },
  { cost: "models", title: t("groups.models"), short: t("groups.models.short") },
  { cost: "passes", title: t("groups.passes"), short: t("groups.passes.short") },
  { cost: "judges", title: t("groups.judges"), short: t("groups.judges.short") },
  { cost: "data", title: t("groups.data"), short: t("groups.data.short") },
];

export function costOf(method: MethodEntry): Cost {
  const { inputs, parameters, roles, background } = method;
  if (inputs.length > 0 && !inputs.some((input) => input === "text" || input === "image")) return "data";
  if (fieldsOf(parameters).some(({ kind }) => kind === "model")) return "judges";
  if (Object.values(roles).some(({ optional }) => !optional)) return "models";
  return background ? "passes" : "quick";
}

export interface CostGroup {
  cost: Cost;
  title: string;
  short: string;
  methods: MethodEntry[];
}

/** The groups that hold a method, each with what is asked by default first, then by name. */
export function grouped(methods: readonly MethodEntry[]): CostGroup[] {
  return COSTS.map((group) => ({
    ...group,
    methods: methods
      .filter((method) => costOf(method) === group.cost)
      .toSorted(
        (one, other) =>
          Number(other.default) - Number(one.default) || methodName(one).localeCompare(methodName(other), language),
      ),
  })).filter((group) => group.methods.length > 0);
}

/** The methods in whose card every word of a query occurs. */
export function found(methods: readonly MethodEntry[], query: string): MethodEntry[] {
  const words = query.toLowerCase().split(/\s+/);
  return methods.filter((method) => {
    const { key, name, summary, description, paper } = method;
    const own = [methodName(method), methodSummary(method)];
    const card = [key, name, summary, description, paper, ...own].join(" ").toLowerCase();
    return words.every((word) => card.includes(word));
  });
}
