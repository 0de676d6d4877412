/** The sinks of what is shown, with their numbers: kept off the scale, or on it when a person wants them there. */
import { html, nothing, type TemplateResult } from "lit";

import { t } from "../text";
import { quantity } from "../theme/format";
import { nameOf } from "../tokens/describe";
import { isGrid } from "./context";
import type { Shown } from "./shown";
import { TIMES } from "./sinks";

export interface Sunk extends Pick<Shown, "strip" | "sinks" | "apart" | "own"> {
  unit: string;
}

export function sinkNote(
  { strip, sinks, apart, own, unit: physical }: Sunk,
  include: (sinks: boolean) => void,
): TemplateResult | typeof nothing {
  if (sinks.length === 0) return nothing;
  const off = apart.size > 0;
  const list = sinks
    .toSorted((one, other) => (own[other] ?? 0) - (own[one] ?? 0))
    .map((unit) => `${nameOf(strip.units[unit] ?? { kind: "token" })}: ${quantity(own[unit], physical)}`)
    .join("; ");
  const why = t("sinks.why", { times: isGrid(strip) ? TIMES.image : TIMES.text });
  return html`<p class="small" title=${why}>
    ${t(off ? "sinks.off" : "sinks.on", { count: sinks.length, list })}
    <button class="quiet" @click=${() => include(off)}>
      ${t(off ? "sinks.include" : "sinks.exclude", { count: sinks.length })}
    </button>
  </p>`;
}
