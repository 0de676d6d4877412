/** What a person has typed and chosen on the page that asks; kept in this tab, also across a reload. */
import type { Generate, Lens, MethodEntry, ModelEntry, Reading, RunRequest, RunState, SourceState } from "../contract";
import { changed, fieldsOf } from "../forms/fields";
import { defaultMethods, fillerOf, methodsFor, misfit, suits, type Kind } from "../forms/fit";
import type { Catalogue } from "../api";
import { isQuick } from "./believe";
import { freely } from "./measuring";
import { WHAT_IF } from "./what-if";

export interface Draft {
  text: string;
  picture: SourceState | null;
  /** A labelled file or log-probabilities: while there is one, it is asked about, and text and picture wait. */
  file: SourceState | null;
  /** Chosen methods; null until a person has chosen, which the page does for them. */
  methods: readonly string[] | null;
  params: Readonly<Record<string, Record<string, unknown>>>;
  /** By method and role, the model that was chosen for it; without a choice the page takes the first that fits. */
  roles: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Chosen models; null lets the page take the first that fits. */
  models: readonly string[] | null;
  reading: Required<Reading>;
  continuing: boolean;
  generate: Required<Generate>;
}

export const EMPTY: Draft = {
  text: "",
  picture: null,
  file: null,
  methods: null,
  params: {},
  roles: {},
  models: null,
  reading: { bos: "auto", special_text: "escape", template: "none" },
  continuing: false,
  generate: { max_new_tokens: 20, do_sample: false, temperature: 1, top_p: 1, seed: 0, stop: [], begin: [] },
};

const KEY = "tessera.draft";

export function loadDraft(): Draft {
  try {
    return { ...EMPTY, ...(JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Draft>) };
  } catch {
    return EMPTY;
  }
}

/** A text that the tab has no room for is still on the page; only a reload would lose it. */
export function saveDraft(draft: Draft): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    sessionStorage.removeItem(KEY);
  }
}

export function kindsOf({ text, picture, file }: Draft): Kind[] {
  if (file !== null) return [file.kind];
  return [...(text.trim() === "" ? [] : ["text" as const]), ...(picture === null ? [] : ["image" as const])];
}

/**
 * The chosen methods that read the present input; where nothing was chosen, or nothing of it reads this, the default
 * ones for the question that suits the input. (Who has chosen to ask nothing is asked nothing.)
 */
export function chosenMethods(draft: Draft, { methods }: Pick<Catalogue, "methods">): MethodEntry[] {
  const kinds = kindsOf(draft);
  const chosen = methods.filter((method) => draft.methods?.includes(method.key) === true && fits(method, kinds));
  if (chosen.length > 0 || draft.methods?.length === 0) return chosen;
  const lens: Lens = kinds.includes("image") ? "importance" : "uncertainty";
  return kinds.length > 0 ? defaultMethods(methodsFor(methods, lens, kinds)) : [];
}

const fits = (method: MethodEntry, kinds: readonly Kind[]): boolean =>
  kinds.length === 0 || method.inputs.some((input) => kinds.includes(input));

/** The chosen models that fit input and methods; without a choice, the first that does. */
export function chosenModels(draft: Draft, { methods, models }: Pick<Catalogue, "methods" | "models">): string[] {
  const chosen = chosenMethods(draft, { methods });
  if (chosen.length > 0 && chosen.every(({ needs_model: needed }) => !needed)) return [];
  const fitting = models.filter((model) => misfit(model, kindsOf(draft), chosen) === null).map(({ key }) => key);
  const wanted = draft.models?.filter((key) => fitting.includes(key)) ?? [];
  return wanted.length > 0 ? wanted : fitting.slice(0, 1);
}

export function requestOf(draft: Draft, catalogue: Catalogue): RunRequest {
  const models = chosenModels(draft, catalogue);
  const generates = catalogue.models.some(
    ({ key, abilities }) => models.includes(key) && abilities.includes("generate"),
  );
  const kinds = kindsOf(draft);
  const source = draft.file ?? draft.picture;
  const calls = chosenMethods(draft, catalogue).map((method) => ({
    key: method.key,
    params: changed(fieldsOf(method.parameters), draft.params[method.key] ?? {}),
    roles: rolesOf(method, draft, models, catalogue.models),
  }));
  const text = kinds.includes("text") ? draft.text : null;
  const generate = draft.continuing && generates && text !== null ? draft.generate : null;
  const about = { text, image: kinds.includes("image"), more: generate?.max_new_tokens ?? 0 };
  const asked = catalogue.models.filter(({ key }) => models.includes(key));
  const measures = freely(calls, about, asked, catalogue.methods);
  return {
    ...{ text, models, generate },
    source_ids: source === null ? [] : [source.id],
    methods: measures === null ? calls : [...calls, measures],
    reading: draft.reading,
  };
}

/** What would be asked; null while there is no input or no question yet. */
export function wholeRequest(draft: Draft, catalogue: Catalogue): RunRequest | null {
  const whole = kindsOf(draft).length > 0 && chosenMethods(draft, catalogue).length > 0;
  return whole ? requestOf(draft, catalogue) : null;
}

/**
 * A draft of other models, without the methods that these cannot be asked; where none would remain, with the default
 * ones of the same questions that they can.
 */
export function choosing(
  draft: Draft,
  models: readonly string[],
  leaving: readonly MethodEntry[],
  all: Pick<Catalogue, "methods" | "models">,
): Pick<Draft, "models" | "methods"> {
  if (leaving.length === 0) return { models, methods: draft.methods };
  const chosen = chosenMethods(draft, all);
  const kept = chosen.filter((method) => !leaving.includes(method));
  const asked = all.models.filter(({ key }) => models.includes(key));
  const able = all.methods.filter(
    (method) => fits(method, kindsOf(draft)) && asked.every((model) => suits(model, method)),
  );
  const lenses = [...new Set(chosen.map(({ lens }) => lens))];
  const methods =
    kept.length > 0 ? kept : lenses.flatMap((lens) => defaultMethods(able.filter((method) => method.lens === lens)));
  return { models, methods: methods.map(({ key }) => key) };
}

/** The models that fill a method's roles beside the chosen ones. */
export function rolesOf(
  { key, roles }: MethodEntry,
  draft: Draft,
  chosen: readonly string[],
  models: readonly ModelEntry[],
): Record<string, string> {
  const mains = models.filter((model) => chosen.includes(model.key));
  const filled = Object.entries(roles).flatMap(([name, role]) => {
    const filler = fillerOf(role, draft.roles[key]?.[name], mains, models);
    return filler === null ? [] : [[name, filler]];
  });
  return Object.fromEntries(filled) as Record<string, string>;
}

/** The question that a run asked, to be asked again with changes. */
export function draftOf(run: RunState): Draft {
  const generate = run.generate === null ? EMPTY.generate : { ...EMPTY.generate, ...run.generate };
  const calls = run.results.map(({ method }) => method).filter((call) => call.key !== WHAT_IF && !isQuick(call));
  return {
    text: run.sources.find(({ kind }) => kind === "text")?.text ?? "",
    picture: run.sources.find(({ kind }) => kind === "image") ?? null,
    file: run.sources.find(({ kind }) => kind === "table" || kind === "logprobs") ?? null,
    methods: [...new Set(calls.map(({ key }) => key))],
    params: Object.fromEntries(calls.map(({ key, params }) => [key, params ?? {}])),
    roles: Object.fromEntries(calls.map(({ key, roles }) => [key, roles ?? {}])),
    models: [...new Set(run.jobs.flatMap(({ model }) => model ?? []))],
    reading: { ...EMPTY.reading, ...run.reading },
    continuing: run.generate !== null,
    generate,
  };
}

/** The first characters of a text that should fit where `value` were too many: cut at a word, in proportion. */
export function cutTo(text: string, limit: number, value: number): string {
  const points = Array.from(text);
  const fitting = points.slice(0, Math.floor((points.length * limit * 0.97) / value)).join("");
  const word = fitting.search(/\s\S*$/);
  return word > fitting.length / 2 ? fitting.slice(0, word) : fitting;
}
