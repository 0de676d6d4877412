/** A method's cost in a sentence: how many passes through a model, and what their number grows with. */
import type { MethodEntry } from "../contract";
import { language, t } from "../text";
import { number } from "../theme/format";

type Cost = MethodEntry["cost"];
type Term = Cost["passes"][number];

const MEASURES: Readonly<Record<string, () => string>> = {
  units: () => t("guide.of.units"),
  prompt: () => t("guide.of.prompt"),
  output: () => t("guide.of.output"),
  answered: () => t("guide.of.answered"),
  bytes: () => t("guide.of.bytes"),
  rows: () => t("guide.of.rows"),
  targets: () => t("guide.of.targets"),
  readings: () => t("guide.of.readings"),
  roles: () => t("guide.of.roles"),
};

/** The passes to expect, as a sentence; gradients are said apart, because they cost more. */
export function costSentence({ cost, needs_model: needed }: Pick<MethodEntry, "cost" | "needs_model">): string {
  const passes = cost.passes.map(passesOf);
  const backward = cost.backward.map(passesOf);
  if (!needed || passes.length + backward.length === 0) return t("guide.cost.none");
  const forward = passes.length > 0 ? t("guide.cost.passes", { parts: listed(passes) }) : "";
  const behind = backward.length > 0 ? t("guide.cost.backward", { parts: listed(backward) }) : "";
  return [forward, behind].filter((part) => part !== "").join(" ");
}

function passesOf(term: Term): string {
  const { times, of, limit, when, once } = term;
  if (once === "forward") return t("guide.cost.shared");
  if (once === "roles") return t("guide.cost.roles");
  const count = number(times);
  const each = of.map(measure);
  const said =
    each.length === 0
      ? t("guide.cost.fixed", { times, count })
      : t("guide.cost.each", { times, count, of: each.join(" × ") });
  const most = limit === null ? "" : ` ${t("guide.cost.limit", { limit: measure(limit) })}`;
  const asked = when === null ? "" : ` ${t("guide.cost.when", { parameter: worded(when) })}`;
  return `${said}${most}${asked}`;
}

/** A size of the input, or a parameter; of alternatives the first. */
function measure(name: string): string {
  const [first = name] = name.split("|");
  return MEASURES[first]?.() ?? `“${worded(first)}”`;
}

const worded = (name: string): string => name.replaceAll("_", " ");

const listed = (parts: readonly string[]): string => new Intl.ListFormat(language).format(parts);
