/** By what the numbers of a strip are shown, from bytes to sentences, and by which rule those of tokens join. */
import { html, nothing, type TemplateResult } from "lit";

import type { Strip, Track } from "../contract";
import { t } from "../text";
import { quantity } from "../theme/format";
import { colourScale, type ColourScale } from "../theme/scales";
import { lines, type Cut } from "../tokens/cuts";
import { nameOf } from "../tokens/describe";
import { matching } from "../tokens/matching";
import { combined, ranges, spread, type Range, type Rule } from "../tokens/spans";
import { quoted } from "../tokens/visible";

export const GRAINS = ["bytes", "tokens", "words", "sentences", "lines", "pattern", "span"] as const;

export interface Grouping {
  by: (typeof GRAINS)[number];
  /** Null: the first of the track's rules, which fits its quantity. */
  rule: Rule | null;
  span: Range | null;
  /** The regular expression of `pattern`, as it was typed; without one, tokens are shown. */
  pattern?: string;
}

export const TOKENS: Grouping = { by: "tokens", rule: null, span: null };

/** What is drawn: a number for each unit, and which units share one. */
export interface Grouped {
  values: Float32Array;
  scale: ColourScale;
  rule: Rule;
  noun: "word" | "sentence" | "line" | "match";
  ranges: Range[];
  /** Of each range, whether the expression matched there; without an expression, of none. */
  matches: readonly boolean[];
  /** Of each unit, the index of its range. */
  of: Int32Array;
}

/** The rule that a person chose, or the first that the track has; null where no number of tokens makes sense. */
export const ruleOf = (track: Track, { rule }: Grouping): Rule | null =>
  rule !== null && track.aggregate.includes(rule) ? rule : (track.aggregate[0] ?? null);

/** The numbers of words, sentences, lines or matches; null where those of the tokens are shown. */
export function grouped(strip: Strip, track: Track, values: Float32Array, grouping: Grouping): Grouped | null {
  const rule = ruleOf(track, grouping);
  const cut = rule === null ? null : cutOf(strip, grouping);
  if (rule === null || cut === null) return null;
  const of = new Int32Array(strip.units.length);
  cut.ranges.forEach(([from, to], index) => of.fill(index, from, to));
  const joined = spread(values, cut.ranges, rule);
  return { ...cut, values: joined, scale: scaleOf(track, joined, rule), rule, of };
}

function cutOf({ units }: Strip, { by, pattern }: Grouping): (Cut & Pick<Grouped, "noun">) | null {
  switch (by) {
    case "words":
      return { noun: "word", ranges: ranges(units, "word"), matches: [] };
    case "sentences":
      return { noun: "sentence", ranges: ranges(units, "sentence"), matches: [] };
    case "lines":
      return { noun: "line", ranges: linesOnce(units), matches: [] };
    case "pattern": {
      const found = pattern ? matching(units, pattern) : null;
      return found?.kind === "done" ? { noun: "match", ...found.cut } : null;
    }
    default:
      return null;
  }
}

const cutLines = new WeakMap<Strip["units"], Range[]>();

function linesOnce(units: Strip["units"]): Range[] {
  const known = cutLines.get(units) ?? lines(units);
  cutLines.set(units, known);
  return known;
}

/** Sums go beyond the domain of one token, so their far end is the greatest of them; other rules stay inside. */
function scaleOf(track: Track, values: Float32Array, rule: Rule): ColourScale {
  const [low] = track.domain;
  if (rule !== "sum") return colourScale(track, values);
  return colourScale(
    { ...track, domain: track.scale === "diverging" ? [null, null] : [low === 0 ? 0 : null, null] },
    values,
  );
}

/** The whole group of a unit; by tokens, the unit. */
export function rangeOf(own: Grouped | null, unit: number): Range {
  return own?.ranges[own.of[unit] ?? -1] ?? [unit, unit + 1];
}

/** A track with its number for each unit. */
export interface Told {
  track: Track;
  values: Float32Array;
  shown: boolean;
}

const MOST_TOKENS = 8;

/** What the pop-up shows of a word or sentence, with the numbers of its tokens. */
export function groupCard(
  strip: Strip,
  own: Grouped,
  unit: number,
  told: readonly Told[],
  grouping: Grouping,
): TemplateResult {
  const range = rangeOf(own, unit);
  const shown = told.find((one) => one.shown);
  const count = range[1] - range[0];
  return html`<div class="title">${quoted(shortened(textIn(strip, range)))}</div>
    <dl>${told.map((one) => row(one, range, ruleOf(one.track, grouping)))}</dl>
    <div class="fine">${kindOf(own, unit)}</div>
    ${
      count < 2 || shown === undefined
        ? nothing
        : html`<div class="fine">
            ${strip.units
              .slice(range[0], Math.min(range[1], range[0] + MOST_TOKENS))
              .map((token, step) => `${nameOf(token)} ${quantity(shown.values[range[0] + step], shown.track.unit)}`)
              .join(" · ")}${count > MOST_TOKENS ? " …" : ""}
          </div>`
    }`;
}

/** `word of 2 tokens`. */
function kindOf(own: Grouped, unit: number): string {
  const [from, to] = rangeOf(own, unit);
  const between = own.noun === "match" && own.matches[own.of[unit] ?? 0] !== true;
  return t(between ? "group.between" : `group.${own.noun}`, { count: to - from });
}

function row({ track, values, shown }: Told, range: Range, rule: Rule | null): TemplateResult | typeof nothing {
  if (rule === null) return nothing;
  const of = range[1] - range[0] === 1 ? "" : ` (${t(`rule.${rule}`)})`;
  return html`<dt>${track.label}${of}</dt>
    <dd class=${shown ? "shown" : ""}>${quantity(combined(values, range, rule), track.unit)}</dd>`;
}

/** `“ kitchen”, word of 2 tokens: Surprisal 7.1 nat (sum)`. */
export function spokenGroup(strip: Strip, own: Grouped, unit: number, track: Track): string {
  const name = `${quoted(shortened(textIn(strip, rangeOf(own, unit))))}, ${kindOf(own, unit)}`;
  return `${name}: ${track.label} ${quantity(own.values[unit], track.unit)} (${t(`rule.${own.rule}`)})`;
}

/** The numbers of a chosen span: of the shown track by all its rules, of the others by the one that fits. */
export function spanNote(strip: Strip, span: Range | null, told: readonly Told[]): TemplateResult {
  if (span === null) return html`<p class="small muted">${t("group.span-how")}</p>`;
  const parts = told.flatMap(({ track, values, shown }) =>
    (shown ? track.aggregate : track.aggregate.slice(0, 1)).map((rule) => ({
      label: `${track.label}, ${t(`rule.${rule}`)}`,
      value: quantity(combined(values, span, rule), track.unit),
      shown,
    })),
  );
  return html`<div class="span" role="status">
    <p class="small">
      ${quoted(shortened(textIn(strip, span)))}
      <span class="muted">${t("group.span-count", { count: span[1] - span[0] })}</span>
    </p>
    <dl>
      ${parts.map(
        ({ label, value, shown }) =>
          html`<div class=${shown ? "shown" : ""}>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </div>`;
}

const textIn = (strip: Strip, range: Range): string =>
  strip.units
    .slice(...range)
    .map((unit) => (unit.special ? (unit.surface ?? "") : (unit.text ?? "")))
    .join("");

/** Lines and what lies between matches can be a whole text. */
const MOST_CHARACTERS = 240;

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS).replace(/[\ud800-\udbff]$/, "")} …`;
}
