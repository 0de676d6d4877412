/** What the pop-up shows of a unit: its name, the numbers of every track, what else could have stood there. */
import { html, nothing, type TemplateResult } from "lit";

import type { Strip } from "../contract";
import { probabilityBars, type Bar } from "../marks/bars";
import { rich, t } from "../text";
import { percent, quantity } from "../theme/format";
import { codePoints, hex, nameOf, whereabouts } from "../tokens/describe";
import { invisibleIn } from "../tokens/visible";

export interface Reading {
  label: string;
  unit: string;
  value: number;
  /** The name that stands for the number. */
  name?: string | null;
  shown: boolean;
}

const FOREMOST = 5;

export interface Choices {
  bars: Bar[];
  covered: number;
}

export function unitCard(
  strip: Strip,
  index: number,
  readings: readonly Reading[],
  choices: Choices | null,
): TemplateResult {
  const unit = strip.units[index];
  if (unit === undefined) return html``;
  const own = unit.text ?? "";
  return html`
    <div class="title">${nameOf(unit)}</div>
    <dl>
      ${readings.map(
        ({ label, unit: physical, value, name, shown }) =>
          html`<dt>${label}</dt>
            <dd class=${shown ? "shown" : ""}>${name ?? quantity(value, physical)}</dd>`,
      )}
    </dl>
    ${choices === null ? nothing : html`${hint(choices)} ${probabilityBars(foremost(choices.bars))} ${restNote(choices)}`}
    <div class="fine">${whereabouts(strip, index)}</div>
    <div class="fine mono">
      ${unit.id == null ? nothing : html`id ${unit.id} `}${unit.bytes == null ? nothing : html`· ${hex(unit)} `}
      ${Array.from(own).length > 0 && Array.from(own).length <= 3 ? html`· ${codePoints(own)}` : nothing}
    </div>
    ${invisibleIn(own).map((named) => html`<div class="fine mono">${named}</div>`)}
    ${
      unit.surface != null && unit.surface !== own && !unit.special
        ? html`<div class="fine">
            ${rich("unit.own-string", { string: html`<span class="mono">${unit.surface}</span>` })}
          </div>`
        : nothing
    }
  `;
}

/** `“ box”, token 5: surprisal 3.1 nat`. */
export function spoken(strip: Strip, index: number, readings: readonly Reading[]): string {
  const unit = strip.units[index];
  if (unit === undefined) return "";
  const numbers = readings
    .filter(({ shown }) => shown)
    .map(({ label, unit, value, name }) => `${label} ${name ?? quantity(value, unit)}`);
  return `${nameOf(unit)}, ${unit.kind} ${index}: ${numbers.join(", ")}`;
}

/** The best few, and the one that stands in the text if it is further down. */
function foremost(bars: readonly Bar[]): Bar[] {
  return bars.filter(({ actual }, rank) => rank < FOREMOST || actual);
}

const hint = ({ bars }: Choices): TemplateResult | typeof nothing =>
  bars.some(({ choose }) => choose) ? html`<div class="fine">${t("unit.choose")}</div>` : nothing;

const restNote = ({ bars, covered }: Choices): TemplateResult | typeof nothing =>
  Number.isNaN(covered)
    ? nothing
    : html`<div class="fine">${t("unit.covered", { count: String(bars.length), share: percent(covered) })}</div>`;
