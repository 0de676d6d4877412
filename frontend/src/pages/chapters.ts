/**
 * The answers of a run, question by question in the order in which they were asked (what is asked later stands below
 * and moves nothing), quick ones first.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { MethodEntry, ResultState, RunState } from "../contract";
import { methodName } from "../forms/cards";
import { LENSES } from "../forms/fit";
import { answering, type Answering } from "../state/explain";
import { isBeside } from "./maps";
import type { NavChapter } from "./run-nav";
import "./card-columns";

export interface Chapter {
  lens: string;
  title: string;
  groups: Answering[];
}

export function chaptersOf(run: RunState, methods: readonly MethodEntry[]): Chapter[] {
  const every = answering(run);
  const groups = every.filter((group) => !isBeside(group, every, methods));
  const slow = ({ results }: Answering): boolean =>
    methods.find(({ key }) => key === results[0]?.method.key)?.background === true;
  const lenses = groups.map(({ results }) => results[0]?.lens ?? "");
  return [...new Set(lenses)].map((lens) => ({
    lens,
    title: LENSES.find((known) => known.lens === lens)?.question ?? lens,
    groups: groups
      .filter(({ results }) => results[0]?.lens === lens)
      .toSorted((one, other) => Number(slow(one)) - Number(slow(other))),
  }));
}

export function chapterSection(
  { title, groups }: Chapter,
  card: (group: Answering) => TemplateResult,
  above: unknown = nothing,
): TemplateResult {
  const wide = groups.length > 1 || groups.some(({ job }) => job.model === null);
  return html`<section class=${wide ? "wide" : ""}>
    <h2>${title}</h2>
    ${above}
    <tessera-card-columns>${repeat(groups, ({ key }) => key, card)}</tessera-card-columns>
  </section>`;
}

/** What leads to each answer, with how far it is. */
export function entriesOf(
  chapters: readonly Chapter[],
  run: RunState,
  shown: (group: Answering) => ResultState,
  methods: readonly MethodEntry[],
): NavChapter[] {
  const several = severalModels(run);
  return chapters.map(({ title, groups }) => ({
    title,
    entries: groups.map((group) => {
      const { id, method, state, progress } = shown(group);
      const model = several && group.job.model !== null ? ` · ${group.job.model}` : "";
      return { id, name: nameOf(method.key, methods) + model, state, fraction: progress?.fraction ?? null };
    }),
  }));
}

export const nameOf = (key: string, methods: readonly MethodEntry[]): string =>
  methodName({ key, name: methods.find((method) => method.key === key)?.name ?? key });

export const severalModels = ({ jobs }: RunState): boolean =>
  new Set(jobs.flatMap(({ model }) => model ?? [])).size > 1;
