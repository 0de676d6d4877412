/** Units that a person keeps in sight: numbered where they stand, their numbers in a list below. */
import { html, nothing, type TemplateResult } from "lit";

import type { Strip } from "../contract";
import { t } from "../text";
import { quantity } from "../theme/format";
import { nameOf } from "../tokens/describe";
import type { Reading } from "./unit-card";

export type Pinned = readonly number[];

/** With the unit at the end, or without it. */
export const pinnedOrNot = (pinned: Pinned, unit: number): number[] =>
  pinned.includes(unit) ? pinned.filter((one) => one !== unit) : [...pinned, unit];

/** ① for the first that was pinned, and so on; after the twentieth plain numbers; nothing for what is not. */
export function pinSign(pinned: Pinned, unit: number): string {
  const place = pinned.indexOf(unit);
  if (place < 0) return "";
  return place < 20 ? String.fromCodePoint(0x2460 + place) : String(place + 1);
}

interface Pins {
  strip: Strip;
  pinned: Pinned;
  readings: (unit: number) => readonly Reading[];
  change: (pinned: Pinned) => void;
}

export function pinsNote({ strip, pinned, readings, change }: Pins): TemplateResult | typeof nothing {
  const known = pinned.filter((unit) => unit < strip.units.length);
  if (known.length === 0) return nothing;
  return html`<ul class="pins small" aria-label=${t("pins.title")}>
    ${known.map((unit) => {
      const name = nameOf(strip.units[unit] ?? { kind: "token" });
      return html`<li class="row">
        <span aria-hidden="true">${pinSign(pinned, unit)}</span>
        <b>${name}</b>
        ${readings(unit).map(
          (reading) =>
            html`<span class=${reading.shown ? "" : "muted"}>
              ${reading.label} ${reading.name ?? quantity(reading.value, reading.unit)}
            </span>`,
        )}
        <button class="quiet" aria-label=${t("pins.unpin", { name })} @click=${() => change(pinnedOrNot(pinned, unit))}>
          ×
        </button>
      </li>`;
    })}
  </ul>`;
}
