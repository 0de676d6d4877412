/** What a panel of tracks shows: which numbers stand on which units, and on what scale. Page, comparison and exports agree by it. */
import type { ScoresPanel, Strip, Track } from "../contract";
import { decoded } from "../contract/arrays";
import type { Selection } from "../marks/band";
import type { PanelView } from "../state/view";
import { colourScale, type ColourScale } from "../theme/scales";
import { isGrid } from "./context";
import { grouped, TOKENS, type Grouped, type Grouping } from "./grouping";
import { average, initialSelection } from "./select";

export interface Shown {
  strip: Strip;
  /** Index of the track, and the track. */
  index: number;
  track: Track;
  /** By leading axis of the track, the range that is averaged. */
  selections: readonly Selection[];
  grouping: Grouping;
  /** The track's own number of each unit, at the selections. */
  own: Float32Array;
  /** The words or sentences that are shown instead; null where units are. */
  grouped: Grouped | null;
  /** What is drawn on each unit, and its scale. */
  values: Float32Array;
  scale: ColourScale;
}

/** Error if the panel has no tracks, which the contract forbids. */
export function shownOf(panel: ScoresPanel, strip: Strip, look: PanelView): Shown {
  const index = Math.min(look.track ?? 0, panel.tracks.length - 1);
  const track = panel.tracks[index];
  if (!track) throw new Error("a scores panel without tracks");
  const grouping = look.grouping ?? TOKENS;
  const selections = selectionsOf(track, look);
  const own = average(decoded(track.values), selections);
  const joined = isGrid(strip) ? null : grouped(strip, track, own, grouping);
  return {
    ...{ strip, index, track, selections, grouping, own, grouped: joined },
    values: joined?.values ?? own,
    scale: joined?.scale ?? colourScale(track, decoded(track.values).data),
  };
}

function selectionsOf({ axes }: Track, { selections }: PanelView): readonly Selection[] {
  return selections?.length === axes.length ? selections : axes.map(initialSelection);
}

/** The same again as long as nothing of what it depends on has changed: texts are long. */
export class ShownOnce {
  private known: Shown | null = null;
  private of: readonly unknown[] = [];

  get(panel: ScoresPanel, strip: Strip, look: PanelView): Shown {
    const of = [panel, strip, look.track, look.selections, look.grouping];
    if (this.known !== null && of.every((part, index) => part === this.of[index])) return this.known;
    this.of = of;
    return (this.known = shownOf(panel, strip, look));
  }
}
