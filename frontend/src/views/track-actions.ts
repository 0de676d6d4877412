/** What can be done with the tracks of a panel by name: colour by another one; `t` goes on to the next. */
import type { Shortcut } from "../state/shortcuts";
import { t } from "../text";

export function trackActions(labels: readonly string[], shown: number, colour: (track: number) => void): Shortcut[] {
  if (labels.length < 2) return [];
  const next = (shown + 1) % labels.length;
  return [
    { id: "track.next", label: t("track.next"), group: "show", keys: "t", run: () => colour(next) },
    ...labels.flatMap((label, track): Shortcut[] =>
      track === shown
        ? []
        : [{ id: `track.${label}`, label: t("track.colour", { label }), group: "show", run: () => colour(track) }],
    ),
  ];
}
