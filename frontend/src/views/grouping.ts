/** By what the numbers of a strip are shown: tokens, words, sentences or a chosen span, and by which rule they join. */
import { html, nothing, type TemplateResult } from "lit";

import type { Strip, Track } from "../contract";
import { plural, quantity } from "../theme/format";
import { colourScale, type ColourScale } from "../theme/scales";
import { nameOf } from "../tokens/describe";
import { combined, ranges, spread, type Range, type Rule } from "../tokens/spans";
import { quoted } from "../tokens/visible";

export interface Grouping {
  by: "tokens" | "words" | "sentences" | "span";
  /** Null: the first of the track's rules, which fits its quantity. */
  rule: Rule | null;
  span: Range | null;
}

export const TOKENS: Grouping = { by: "tokens", rule: null, span: null };

/** What is drawn: a number for each unit, and which units share one. */
export interface Grouped {
  values: Float32Array;
  scale: ColourScale;
  rule: Rule;
  noun: "word" | "sentence";
  ranges: Range[];
  /** Of each unit, the index of its range. */
  of: Int32Array;
}

export const RULES: Readonly<Record<Rule, string>> = { sum: "sum", mean: "mean", min: "least", max: "greatest" };

/** The rule that a person chose, or the first that the track has; null where no number of tokens makes sense. */
export const ruleOf = (track: Track, { rule }: Grouping): Rule | null =>
  rule !== null && track.aggregate.includes(rule) ? rule : (track.aggregate[0] ?? null);

/** The numbers of words or sentences; null where those of the tokens are shown. */
export function grouped(strip: Strip, track: Track, values: Float32Array, grouping: Grouping): Grouped | null {
  const rule = ruleOf(track, grouping);
  if (rule === null || grouping.by === "tokens" || grouping.by === "span") return null;
  const noun = grouping.by === "words" ? "word" : "sentence";
  const list = ranges(strip.units, noun);
  const of = new Int32Array(strip.units.length);
  list.forEach(([from, to], index) => of.fill(index, from, to));
  const joined = spread(values, list, rule);
  return { values: joined, scale: scaleOf(track, joined, rule), rule, noun, ranges: list, of };
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

export function groupingControls(
  track: Track,
  grouping: Grouping,
  change: (grouping: Grouping) => void,
): TemplateResult | typeof nothing {
  // Of names, words have no number.
  if (track.aggregate.length === 0) return nothing;
  const by = (event: Event): void =>
    change({ ...grouping, by: (event.target as HTMLSelectElement).value as Grouping["by"] });
  const rule = (event: Event): void => change({ ...grouping, rule: (event.target as HTMLSelectElement).value as Rule });
  const shown = ruleOf(track, grouping);
  return html`<label class="row muted" title="What one number is shown for">
      by
      <select @change=${by}>
        ${(["tokens", "words", "sentences", "span"] as const).map(
          (one) =>
            html`<option value=${one} ?selected=${one === grouping.by}>
              ${one === "span" ? "a chosen span" : one}
            </option>`,
        )}
      </select>
    </label>
    ${
      grouping.by === "tokens" || grouping.by === "span"
        ? nothing
        : html`<label class="row muted">
            <select aria-label="The rule by which tokens make one number" @change=${rule}>
              ${track.aggregate.map(
                (one, index) =>
                  html`<option value=${one} ?selected=${one === shown}>
                    ${RULES[one]}${index === 0 && track.aggregate.length > 1 ? " (fits best)" : ""}
                  </option>`,
              )}
            </select>
            of its tokens
          </label>`
    }`;
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
  { ranges: list, of, noun }: Grouped,
  unit: number,
  told: readonly Told[],
  grouping: Grouping,
): TemplateResult {
  const range = list[of[unit] ?? 0] ?? ([unit, unit + 1] as const);
  const shown = told.find((one) => one.shown);
  const count = range[1] - range[0];
  return html`<div class="title">${quoted(textIn(strip, range))}</div>
    <dl>${told.map((one) => row(one, range, ruleOf(one.track, grouping)))}</dl>
    <div class="fine">${noun} of ${plural(count, "token")}</div>
    ${
      count < 2 || shown === undefined
        ? nothing
        : html`<div class="fine">
            ${strip.units
              .slice(range[0], Math.min(range[1], range[0] + MOST_TOKENS))
              .map((own, step) => `${nameOf(own)} ${quantity(shown.values[range[0] + step], shown.track.unit)}`)
              .join(" · ")}${count > MOST_TOKENS ? " …" : ""}
          </div>`
    }`;
}

function row({ track, values, shown }: Told, range: Range, rule: Rule | null): TemplateResult | typeof nothing {
  if (rule === null) return nothing;
  const of = range[1] - range[0] === 1 ? "" : ` (${RULES[rule]})`;
  return html`<dt>${track.label}${of}</dt>
    <dd class=${shown ? "shown" : ""}>${quantity(combined(values, range, rule), track.unit)}</dd>`;
}

/** `“ kitchen”, word of 2 tokens: Surprisal 7.1 nat (sum)`. */
export function spokenGroup(strip: Strip, own: Grouped, unit: number, track: Track): string {
  const range = own.ranges[own.of[unit] ?? 0] ?? ([unit, unit + 1] as const);
  const name = `${quoted(textIn(strip, range))}, ${own.noun} of ${plural(range[1] - range[0], "token")}`;
  return `${name}: ${track.label} ${quantity(own.values[unit], track.unit)} (${RULES[own.rule]})`;
}

/** The numbers of a chosen span: of the shown track by all its rules, of the others by the one that fits. */
export function spanNote(strip: Strip, span: Range | null, told: readonly Told[]): TemplateResult {
  if (span === null) {
    return html`<p class="small muted">
      Draw over tokens, or click one and then its neighbours; with the keyboard, shift and arrows.
    </p>`;
  }
  const parts = told.flatMap(({ track, values, shown }) =>
    (shown ? track.aggregate : track.aggregate.slice(0, 1)).map((rule) => ({
      label: `${track.label}, ${RULES[rule]}`,
      value: quantity(combined(values, span, rule), track.unit),
      shown,
    })),
  );
  return html`<div class="span" role="status">
    <p class="small">${quoted(textIn(strip, span))} <span class="muted">${plural(span[1] - span[0], "token")}</span></p>
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
