/** Which methods read an input, and which models can run them. Decided by what cards declare, never by name. */
import { methodName } from "./cards";
import type { Ability, Lens, MethodEntry, ModelEntry, RoleCard } from "../contract";
import { t, told } from "../text";

export type Kind = MethodEntry["inputs"][number];

/** What of an input reaches a model: of a table its texts, of a server's log-probabilities nothing. */
const READ_AS = { text: "text", image: "image", table: "text", logprobs: null } as const;

export const LENSES: readonly { lens: Lens; question: string; short: string }[] = [
  {
    lens: "importance",
    question: t("lenses.importance"),
    short: t("lenses.importance.short"),
  },
  {
    lens: "uncertainty",
    question: t("lenses.uncertainty"),
    short: t("lenses.uncertainty.short"),
  },
  {
    lens: "tokenizers",
    question: t("lenses.tokenizers"),
    short: t("lenses.tokenizers.short"),
  },
  {
    lens: "pruning",
    question: t("lenses.pruning"),
    short: t("lenses.pruning.short"),
  },
];

export function reads(method: MethodEntry, kinds: readonly Kind[]): boolean {
  return kinds.length === 0 || method.inputs.some((input) => kinds.includes(input));
}

export function methodsFor(methods: readonly MethodEntry[], lens: Lens, kinds: readonly Kind[]): MethodEntry[] {
  return methods.filter((method) => method.lens === lens && !method.follows && reads(method, kinds));
}

const isReady = ({ available, missing }: MethodEntry): boolean => available && missing === null;

/** What a person gets who asks a question without choosing a method: the first that needs no long wait. */
export function defaultMethod(methods: readonly MethodEntry[]): MethodEntry | undefined {
  const ready = methods.filter(isReady);
  return (
    ready.find(({ background, explains }) => !background && explains) ??
    ready.find(({ background }) => !background) ??
    ready[0]
  );
}

/** The few that their cards name for this, else the one of `defaultMethod`. */
export function defaultMethods(methods: readonly MethodEntry[]): MethodEntry[] {
  const named = methods.filter((method) => method.default && isReady(method));
  const first = defaultMethod(methods);
  return named.length > 0 ? named : first ? [first] : [];
}

/** Why a model cannot be asked at all, in one sentence; null when it can. */
export function unusable(model: ModelEntry): string | null {
  if (model.missing !== null) return model.missing;
  return model.available ? null : t("fit.no-holder");
}

/** Why a model cannot answer, in one sentence; null when it can. */
export function misfit(model: ModelEntry, kinds: readonly Kind[], methods: readonly MethodEntry[]): string | null {
  const why = unusable(model);
  if (why !== null) return why;
  const unread = kinds.map((kind) => READ_AS[kind]).find((read) => read !== null && !model.inputs.includes(read));
  if (unread) return t(unread === "image" ? "fit.no-pictures" : "fit.no-text");
  const lacking = methods.find((method) => !suits(model, method));
  return lacking ? t("fit.needs", { method: methodName(lacking), needs: needs(lacking) }) : null;
}

export function suits({ abilities }: ModelEntry, { needs_model, needs: alternatives }: MethodEntry): boolean {
  if (!needs_model || alternatives.length === 0) return true;
  return alternatives.some((all) => all.every((ability) => abilities.includes(ability)));
}

/** Why a method cannot be asked of these models, of all that there are, in one sentence; null when it can. */
export function unfit(method: MethodEntry, chosen: readonly ModelEntry[], all: readonly ModelEntry[]): string | null {
  if (method.missing !== null) return method.missing;
  if (!method.available) return t("fit.no-knower");
  const other = chosen.find((model) => !suits(model, method));
  if (other) return t("fit.unfit", { needs: needs(method), model: other.name });
  const empty = Object.entries(method.roles).find(
    ([, role]) => !role.optional && all.every((model) => roleMisfit(model, role, chosen) !== null),
  );
  return empty ? t("fit.no-role", { role: nameOfRole(empty[0]) }) : null;
}

/** Why a model cannot fill a role beside these models, in one sentence; null when it can. */
export function roleMisfit(model: ModelEntry, role: RoleCard, mains: readonly ModelEntry[]): string | null {
  const why = unusable(model);
  if (why !== null) return why;
  const lacking = role.needs.filter((ability) => !model.abilities.includes(ability));
  if (lacking.length > 0) return t("fit.lacks", { needs: named(lacking) });
  const different = mains.find((main) => answers(main) !== answers(model));
  if (different) return t(answers(model) ? "fit.answers" : "fit.continues", { model: different.name });
  const other = mains.find((main) => !sameVocabulary(main, model));
  return role.tokenizers === "same" && other ? t("fit.vocabulary", { model: other.name }) : null;
}

/** Whether a model answers a text with another one, rather than going on with it. */
const answers = ({ abilities }: ModelEntry): boolean => abilities.includes("sequence_to_sequence");

/** Whether every id stands for the same bytes in both; cards that do not say are left to the server. */
const sameVocabulary = (one: ModelEntry, other: ModelEntry): boolean =>
  one.vocabulary_hash === "" ||
  other.vocabulary_hash === "" ||
  (one.vocabulary_hash === other.vocabulary_hash && one.vocabulary === other.vocabulary);

/** What is worth knowing about a model that fits a role. */
export function roleNote(model: ModelEntry, role: RoleCard, mains: readonly ModelEntry[]): string {
  if (mains.some(({ key }) => key === model.key)) return t("fit.same");
  const foreign = mains.some((main) => !sameVocabulary(main, model));
  return role.tokenizers === "aligned" && foreign ? t("fit.aligned") : "";
}

/** The model that fills a role: the chosen one if it fits, else, for a role that must be filled, the first other. */
export function fillerOf(
  role: RoleCard,
  chosen: string | null | undefined,
  mains: readonly ModelEntry[],
  all: readonly ModelEntry[],
): string | null {
  const fitting = all.filter((model) => roleMisfit(model, role, mains) === null);
  if (chosen != null && fitting.some(({ key }) => key === chosen)) return chosen;
  if (role.optional) return null;
  const other = fitting.find(({ key }) => mains.every((main) => main.key !== key));
  return (other ?? fitting[0])?.key ?? null;
}

export const nameOfRole = (role: string): string => told(`roles.${role}`, role.replaceAll("_", " "));

const named = (abilities: readonly Ability[]): string =>
  abilities.map((ability) => told(`abilities.${ability}`, ability.replaceAll("_", " "))).join(t("fit.and"));

const needs = ({ needs: alternatives }: MethodEntry): string => alternatives.map(named).join(t("fit.or"));
