/** Whether a question's maps are measured without being asked for: where that costs little. */
import type { MethodCall, MethodEntry, ModelEntry, Term } from "../contract";
import { suits } from "../forms/fit";
import { FIDELITY, measuring } from "./believe";

/** Operations that are spent without asking: a few seconds of a processor on a model of some million parameters. */
const FREELY = 1e12;
const BYTES_PER_TOKEN = 4;

/** What is asked about. */
export interface Asked {
  text: string | null;
  image: boolean;
  /** Tokens that the model is to say. */
  more: number;
}

/** The call that measures these calls' maps; null where there are none, or it would cost more than is spent freely. */
export function freely(
  calls: readonly MethodCall[],
  asked: Asked,
  models: readonly ModelEntry[],
  methods: readonly MethodEntry[],
): MethodCall | null {
  const card = methods.find(({ key }) => key === FIDELITY);
  if (!card || models.length === 0 || calls.some(({ key }) => key === FIDELITY)) return null;
  const call = measuring(calls, methods);
  if (call === null) return null;
  const cheap = models.every(
    (model) => suits(model, card) && operations(call, card, unitsOf(asked, model), model) <= FREELY,
  );
  return cheap ? call : null;
}

/** Tokens or patches that a model would read. */
function unitsOf(
  { text, image, more }: Asked,
  { bytes_per_token: bytes, image_size: size, patch_size: patch }: ModelEntry,
): number {
  if (text !== null) return new TextEncoder().encode(text).length / (bytes ?? BYTES_PER_TOKEN) + more;
  return image && size && patch ? (size[0] / patch) * (size[1] / patch) : Infinity;
}

/** Two for each parameter, unit and pass; a backward pass is three forward ones. */
function operations(call: MethodCall, { cost }: MethodEntry, units: number, { parameters }: ModelEntry): number {
  const measures = { units, readings: 1, targets: 1 };
  const sum = (terms: readonly Term[]): number =>
    terms.reduce((total, term) => total + valueOf(term, call.params ?? {}, measures), 0);
  return 2 * parameters * units * (sum(cost.passes) + 3 * sum(cost.backward));
}

/** A term of a cost, as the workers' contract has it. */
export function valueOf(
  { times, of }: Pick<Term, "times" | "of">,
  params: Readonly<Record<string, unknown>>,
  measures: Readonly<Record<string, number>>,
): number {
  const named = (names: string): number => {
    const found = names.split("|").map((name) => measures[name] ?? params[name]);
    const value = found.find((one) => one != null);
    return Array.isArray(value) ? value.length : typeof value === "number" ? value : 0;
  };
  return of.reduce((product, name) => product * named(name), times);
}
