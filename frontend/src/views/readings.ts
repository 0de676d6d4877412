/** The numbers of a unit, for the pop-up, for what is pinned, and for whoever listens. */
import { html, type TemplateResult } from "lit";

import type { ScoresPanel } from "../contract";
import { decoded } from "../contract/arrays";
import { ranking } from "../marks/ranking";
import { t } from "../text";
import { categoryOf, colourScale } from "../theme/scales";
import { choicesAt } from "./alternatives";
import type { Beside } from "./beside";
import { alternativesOf, type PanelContext } from "./context";
import { groupCard, spokenGroup, type Told } from "./grouping";
import { layerStrip } from "./layer-strip";
import { average, initialSelection } from "./select";
import type { Shown } from "./shown";
import { spoken, unitCard, type Reading } from "./unit-card";

/** Every track of a panel with its numbers, the shown one where its bands stand; then those beside it. */
export function toldOf(panel: ScoresPanel, key: string, shown: Shown, beside: readonly Beside[]): Told[] {
  const own = panel.tracks.map((track, at): Told => {
    const values = at === shown.index ? shown.own : average(decoded(track.values), track.axes.map(initialSelection));
    return { track, values, shown: at === shown.index };
  });
  const others = beside.filter(({ id }) => id.panel !== key);
  const labels = [...own, ...others].map(({ track }) => track.label);
  const named = (track: Beside["track"], method: string): Beside["track"] =>
    labels.filter((label) => label === track.label).length > 1
      ? { ...track, label: `${track.label} · ${method}` }
      : track;
  return [
    ...own,
    ...others.map(({ track, method, shown: { own: values } }) => ({
      track: named(track, method),
      values,
      shown: false,
    })),
  ];
}

export function readingOf({ track, values, shown }: Told, unit: number): Reading {
  const value = values[unit] ?? NaN;
  const name = track.scale === "categorical" ? categoryOf(colourScale(track, []), value) : null;
  return { label: track.label, unit: track.unit, value, name, shown };
}

/** What a screen reader says of a unit: its number, or that of its word; and whether it is a sink. */
export function spokenOf(shown: Shown, unit: number): string {
  const { strip, grouped, track, values, apart } = shown;
  if (grouped !== null) return spokenGroup(strip, grouped, unit, track) + rankOf(shown, unit);
  const said = spoken(strip, unit, [readingOf({ track, values, shown: true }, unit)]) + rankOf(shown, unit);
  return apart.has(unit) ? `${said}; ${t("sinks.spoken")}` : said;
}

/** `, rank 3 of 512`: by size, whatever the sign; of names, and without a value, there is none. */
function rankOf({ values, track, grouped }: Shown, unit: number): string {
  if (track.scale === "categorical") return "";
  const found = ranking(values, grouped?.of ?? null);
  const rank = found.rankOf(unit);
  return rank === 0 ? "" : `, ${t("spoken.rank", { rank, count: found.count })}`;
}

/** What the pop-up shows; `spans`: nobody asks what else could have stood there. */
export function cardOf(
  context: PanelContext,
  shown: Shown,
  told: readonly Told[],
  unit: number,
  spans: boolean,
): TemplateResult {
  const { strip, grouped } = shown;
  if (grouped !== null) return groupCard(strip, grouped, unit, told, shown.grouping);
  const panel = spans ? null : alternativesOf(context, strip);
  const choices = panel ? choicesAt(panel, strip, unit) : null;
  const readings = told.map((one) => readingOf(one, unit));
  return html`${unitCard(strip, unit, readings, choices)} ${layerStrip(shown, unit)}`;
}
