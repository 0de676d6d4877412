/**
 * Where a braid's threads run: a line of text from which trials depart at a token and to which they come back.
 *
 * The line is cut into knots, the stretches over which trials run beside it, and the words between them; both are set
 * into rows like words of a text. Trials that were given up lie above and below, the nearest first.
 */
import type { Measure } from "./measure";
import { fitted } from "./measure";

export interface Trial {
  /** Index among the panel's nodes. */
  index: number;
  /** The token of the line before which it leaves. */
  at: number;
  /** How many tokens it has. */
  length: number;
  text: string;
  kept: boolean;
  /** Written behind the text, such as its perplexity. */
  note: string;
}

export interface Word {
  kind: "word";
  text: string;
  x: number;
  width: number;
}

export interface Lane {
  /** 0 is the line itself; −1 is above it, 1 below, and so on. */
  lane: number;
  /** The trial that runs here; null where the line's own text does. */
  trial: Trial | null;
  text: string;
  note: string;
  width: number;
}

export interface Knot {
  kind: "knot";
  x: number;
  width: number;
  lanes: Lane[];
}

export interface Row {
  parts: (Word | Knot)[];
  above: number;
  below: number;
}

/** The widths of plain text, and of that of the trials. */
export interface Measures {
  plain: Measure;
  bold: Measure;
}

/** How far a thread takes to leave the line, or to come back to it. */
export const BEND = 22;
const NOTE_GAP = 8;

export function braidLayout(
  tokens: readonly string[],
  trials: readonly Trial[],
  width: number,
  { plain, bold }: Measures,
): Row[] {
  const rows: Row[] = [{ parts: [], above: 0, below: 0 }];
  let x = 0;
  const put = (next: Word | Knot): void => {
    if (x > 0 && x + next.width > width) {
      rows.push({ parts: [], above: 0, below: 0 });
      x = 0;
    }
    const row = rows.at(-1);
    const part = x === 0 && next.kind === "word" ? wordOf(next.text.trimStart(), plain) : next;
    row?.parts.push({ ...part, x });
    x += part.width;
    if (row === undefined || part.kind === "word") return;
    for (const { lane } of part.lanes) {
      row.above = Math.max(row.above, -lane);
      row.below = Math.max(row.below, lane);
    }
  };
  const starts = [...new Set(trials.map(({ at }) => at))].filter((at) => at <= tokens.length).toSorted((a, b) => a - b);
  let from = 0;
  starts.forEach((at, order) => {
    words(tokens.slice(from, Math.max(from, at)), plain).forEach(put);
    const own = trials.filter((trial) => trial.at === at);
    from = Math.max(from, Math.min(at + lengthOf(own), starts[order + 1] ?? tokens.length));
    put(knot(own, tokens.slice(at, from).join(""), width, bold));
  });
  words(tokens.slice(from), plain).forEach(put);
  return rows;
}

/** How much of the line a knot stands for: what the kept trial wrote, else as much as the longest tried. */
function lengthOf(trials: readonly Trial[]): number {
  const kept = trials.find((trial) => trial.kept);
  return kept?.length ?? Math.max(...trials.map(({ length }) => length));
}

function knot(trials: readonly Trial[], line: string, width: number, measure: Measure): Knot {
  const room = width - 2 * BEND;
  const lane = (text: string, note: string, trial: Trial | null, at: number): Lane => {
    const noteWidth = note === "" ? 0 : measure(note) + NOTE_GAP;
    const fitting = fitted(text, room - noteWidth, measure);
    return { lane: at, trial, text: fitting, note, width: measure(fitting) + noteWidth };
  };
  const kept = trials.find((trial) => trial.kept) ?? null;
  const others = trials.filter((trial) => trial !== kept);
  const lanes = [
    lane(kept?.text ?? line, kept?.note ?? "", kept, 0),
    ...others.map((trial, order) => lane(trial.text, trial.note, trial, laneOf(order))),
  ];
  return { kind: "knot", x: 0, width: Math.max(...lanes.map((one) => one.width)) + 2 * BEND, lanes };
}

/** −1, 1, −2, 2, … */
const laneOf = (order: number): number => (order % 2 === 0 ? -1 : 1) * (Math.floor(order / 2) + 1);

/** What may stand at the end of a row: each word with the space before it. */
function words(tokens: readonly string[], measure: Measure): Word[] {
  const parts = tokens.join("").match(/\s*\S+|\s+$/gu) ?? [];
  return parts.map((text) => wordOf(text, measure));
}

const wordOf = (text: string, measure: Measure): Word => ({ kind: "word", text, x: 0, width: measure(text) });
