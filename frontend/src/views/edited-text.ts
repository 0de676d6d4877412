/** A text with what was done to it: what is gone struck through, what came marked, what is masked hatched. */
import { html, type TemplateResult } from "lit";

import type { Result, Strip } from "../contract";
import { runsOf, type Edit } from "../state/what-if";

export interface Piece {
  text: string;
  state: "kept" | "gone" | "new" | "masked" | "cut";
}

/** Units around an edit that are shown of a long text. */
const AROUND = 24;
const LONG = 240;

/** The pieces of a strip under its edits; `come` says what the token ids of a replacement read. */
export function piecesOf(strip: Strip, edits: readonly Edit[], come: (ids: readonly number[]) => string): Piece[] {
  const own = edits.filter((edit) => edit.strip === strip.id);
  const stateOf = new Map(own.flatMap(({ units, action }) => units.map((unit) => [unit, action] as const)));
  const inserted = new Map(
    own
      .filter(({ action }) => action === "replace")
      .flatMap(({ units, text, ids }) => runsOf(units).map(([, stop]) => [stop, text ?? come(ids ?? [])] as const)),
  );
  const shown = shownUnits(strip, [...stateOf.keys()]);
  const pieces: Piece[] = [];
  const add = (text: string, state: Piece["state"]): void => {
    const last = pieces.at(-1);
    if (last?.state === state && state !== "new") last.text += text;
    else if (text !== "") pieces.push({ text, state });
  };
  strip.units.forEach((unit, index) => {
    if (!shown(index)) {
      if (pieces.at(-1)?.state !== "cut") pieces.push({ text: "…", state: "cut" });
      return;
    }
    const action = stateOf.get(index);
    add(unit.special ? "" : (unit.text ?? ""), action === undefined ? "kept" : action === "mask" ? "masked" : "gone");
    add(inserted.get(index + 1) ?? "", "new");
  });
  return pieces;
}

/** Which units are worth showing: of a long text those near an edit. */
function shownUnits({ units }: Strip, edited: readonly number[]): (unit: number) => boolean {
  if (units.length <= LONG) return () => true;
  const runs = runsOf(edited);
  return (unit) => runs.some(([from, to]) => unit >= from - AROUND && unit < to + AROUND);
}

/** What ids read, told by the units of a result that have them. */
export function textOfIds(result: Pick<Result, "strips">, ids: readonly number[]): string {
  const units = result.strips.flatMap((strip) => strip.units);
  return ids
    .map((id) => units.find((unit) => unit.id === id))
    .map((unit) => unit?.text ?? unit?.surface ?? "")
    .join("");
}

export const editedText = (pieces: readonly Piece[]): TemplateResult =>
  html`<p class="edited" dir="auto">${pieces.map(piece)}</p>`;

function piece({ text, state }: Piece): TemplateResult {
  switch (state) {
    case "gone":
      return html`<del>${text}</del>`;
    case "new":
      return html`<ins>${text}</ins>`;
    case "masked":
      return html`<del class="masked">${text}</del>`;
    case "cut":
      return html`<span class="muted"> ${text} </span>`;
    case "kept":
      return html`${text}`;
  }
}
