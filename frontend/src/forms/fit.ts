/** Which methods read an input, and which models can run them. Decided by what cards declare, never by name. */
import type { Lens, MethodEntry, ModelEntry } from "../contract";

export type Kind = MethodEntry["inputs"][number];

/** What of an input reaches a model: of a table its texts, of a server's log-probabilities nothing. */
const READ_AS = { text: "text", image: "image", table: "text", logprobs: null } as const;

export const LENSES: readonly { lens: Lens; question: string; short: string }[] = [
  {
    lens: "importance",
    question: "Which tokens mattered?",
    short: "what caused the answer, token by token, patch by patch",
  },
  {
    lens: "uncertainty",
    question: "Where was the model unsure?",
    short: "how unexpected each token was, and what else it would have said",
  },
  {
    lens: "tokenizers",
    question: "How would others cut this?",
    short: "the same text in several tokenizers, side by side",
  },
  {
    lens: "pruning",
    question: "What could be pruned?",
    short: "what a method would drop or merge, and whether the answer survives",
  },
];

export function reads(method: MethodEntry, kinds: readonly Kind[]): boolean {
  return kinds.length === 0 || method.inputs.some((input) => kinds.includes(input));
}

export function methodsFor(methods: readonly MethodEntry[], lens: Lens, kinds: readonly Kind[]): MethodEntry[] {
  return methods.filter((method) => method.lens === lens && reads(method, kinds));
}

/** What a person gets who asks a question without choosing a method: the first that needs no long wait. */
export function defaultMethod(methods: readonly MethodEntry[]): MethodEntry | undefined {
  const ready = methods.filter(({ available, missing }) => available && missing === null);
  return (
    ready.find(({ background, explains }) => !background && explains) ??
    ready.find(({ background }) => !background) ??
    ready[0]
  );
}

/** Why a model cannot answer, in one sentence; null when it can. */
export function misfit(model: ModelEntry, kinds: readonly Kind[], methods: readonly MethodEntry[]): string | null {
  if (model.missing !== null) return model.missing;
  if (!model.available) return "no worker that holds it is running";
  const unread = kinds.map((kind) => READ_AS[kind]).find((read) => read !== null && !model.inputs.includes(read));
  if (unread) return `it reads no ${unread === "image" ? "pictures" : "text"}`;
  const lacking = methods.find((method) => !suits(model, method));
  return lacking ? `${lacking.name} needs ${needs(lacking)}` : null;
}

export function suits({ abilities }: ModelEntry, { needs_model, needs: alternatives }: MethodEntry): boolean {
  if (!needs_model || alternatives.length === 0) return true;
  return alternatives.some((all) => all.every((ability) => abilities.includes(ability)));
}

const needs = ({ needs: alternatives }: MethodEntry): string =>
  alternatives.map((all) => all.map((ability) => ability.replaceAll("_", " ")).join(" and ")).join(", or ");
