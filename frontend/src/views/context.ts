/** What a view knows beside its panel. */
import type { TemplateResult } from "lit";

import type { Candidate, PanelKind, PanelOf, Result, SampleTruth, SourceState, Strip, Unit } from "../contract";
import type { Picture } from "../marks/patch-grid";
import type { Asked } from "../state/targets";
import type { Pin } from "../state/pins";
import type { Look } from "../state/view";
import type { OtherPanel } from "./beside";

export interface PanelContext {
  result: Result;
  /** What a person has made of this panel. */
  look: Look;
  sources: readonly SourceState[];
  /** What is known to be right, when the run came from a sample. */
  truth: SampleTruth | null;
  /** What a person wants explained of this model; null: what the result explains by itself. */
  asked: Asked | null;
  /** Whether another result, which is asked for, has yet to come: the arcs of before are gone. */
  waiting: boolean;
  /** Why there is none of what is asked. */
  refused: string | null;
  /** Asks what a target comes from, or with null nothing any longer; null where nobody may ask. */
  explain: ((asked: Asked | null) => void) | null;
  /** The classes that the model tells apart. */
  labels: readonly string[];
  /** What continues the text from a unit with another token in its place; null where that cannot be. */
  branch: ((strip: Strip, at: number) => ((token: Candidate) => void) | null) | null;
  /** Alternatives on a strip that the result itself has none for: another result of the same job knows them. */
  alternatives: ((strip: Strip) => PanelOf<"alternatives"> | null) | null;
  /** Links from or to a strip that other results of the same job have; missing where there are none. */
  links?: (strip: Strip) => readonly PanelOf<"links">[];
  /** Every panel of tracks that the page has, this one included. */
  others: readonly OtherPanel[];
  /** Sets a row of this panel aside to be compared; missing where there is nothing to compare with. */
  pin?: (row: Strip) => Pin;
}

export type View<K extends PanelKind> = (panel: PanelOf<K>, context: PanelContext) => TemplateResult;

/** The strip of this id. Error if the result has none, which the contract forbids. */
export function stripOf({ result }: PanelContext, id: string): Strip {
  const strip = result.strips.find((candidate) => candidate.id === id);
  if (!strip) throw new Error(`result of ${result.method} names a strip “${id}” that it does not hold`);
  return strip;
}

/** What else could have stood on a strip, as the result says or another one of its job. */
export function alternativesOf(context: PanelContext, strip: Strip): PanelOf<"alternatives"> | null {
  const own = context.result.panels.find(
    (panel): panel is PanelOf<"alternatives"> => panel.kind === "alternatives" && panel.strip === strip.id,
  );
  return own ?? context.alternatives?.(strip) ?? null;
}

const grids = new WeakMap<Strip, boolean>();

/** Found once for each strip: texts are long. */
export function isGrid(strip: Strip): boolean {
  const known = grids.get(strip) ?? strip.units.some(({ box }) => box != null);
  grids.set(strip, known);
  return known;
}

/** The stored image that a strip lies on. */
export function pictureOf({ sources }: Pick<PanelContext, "sources">, strip: Strip): Picture | null {
  const images = sources.filter(({ kind }) => kind === "image");
  const source = images.find(({ id }) => id === strip.source) ?? images[0];
  if (source?.url == null || source.width === null || source.height === null) return null;
  return { url: source.url, width: source.width, height: source.height };
}

/** The units that hold a part of a deciding word. */
export function decidingUnits(strip: Strip, truth: SampleTruth | null): Set<number> {
  const ranges = truth?.deciding ?? [];
  const touches = ({ char_start: start, char_end: end }: Unit): boolean =>
    start != null && end != null && ranges.some(([from, to]) => start < to && end > from);
  return new Set(strip.units.flatMap((unit, index) => (touches(unit) ? [index] : [])));
}
