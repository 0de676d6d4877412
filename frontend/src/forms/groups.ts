/** The methods of one question in groups, by what they cost and need: quick looks first. */
import type { MethodEntry } from "../contract";
import { fieldsOf } from "./fields";

export type Cost = "quick" | "models" | "passes" | "judges" | "data";

export const COSTS: readonly { cost: Cost; title: string; short: string }[] = [
  { cost: "quick", title: "Quick looks", short: "one pass, at once" },
  { cost: "models", title: "Two models", short: "a second model beside the first" },
  { cost: "passes", title: "Samples and many passes", short: "in the background, with progress" },
  { cost: "judges", title: "With a judge", short: "a further model compares meanings" },
  { cost: "data", title: "Your own data", short: "a labelled file, or numbers from elsewhere" },
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
      .toSorted((one, other) => Number(other.default) - Number(one.default) || one.name.localeCompare(other.name)),
  })).filter((group) => group.methods.length > 0);
}

/** The methods in whose card every word of a query occurs. */
export function found(methods: readonly MethodEntry[], query: string): MethodEntry[] {
  const words = query.toLowerCase().split(/\s+/);
  return methods.filter(({ key, name, summary, description, paper }) => {
    const card = [key, name, summary, description, paper].join(" ").toLowerCase();
    return words.every((word) => card.includes(word));
  });
}
