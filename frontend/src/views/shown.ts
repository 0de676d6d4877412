/** What a panel of tracks shows: which numbers stand on which units, and on what scale. Page, comparison and exports agree by it. */
import type { ScoresPanel, Strip, Track } from "../contract";
import { decoded } from "../contract/arrays";
import type { Selection } from "../marks/band";
import type { PanelView } from "../state/view";
import { adjusted, colourScale, type ColourScale } from "../theme/scales";
import { matching } from "../tokens/matching";
import { isGrid } from "./context";
import { grouped, TOKENS, type Grouped, type Grouping } from "./grouping";
import { averageAt, fitting, fittingCells, indices, initialSelection } from "./select";
import { hasSinks, sinksOf } from "./sinks";

export interface Shown {
  strip: Strip;
  /** Index of the track, and the track. */
  index: number;
  track: Track;
  /** By leading axis of the track, the range that is averaged. */
  selections: readonly Selection[];
  /** The leading indices that are averaged: all that the selections cover, or chosen ones. */
  cells: readonly (readonly number[])[];
  grouping: Grouping;
  /** The track's own number of each unit, at the selections. */
  own: Float32Array;
  /** The words or sentences that are shown instead; null where units are. */
  grouped: Grouped | null;
  /** What is drawn on each unit, and its scale. */
  values: Float32Array;
  scale: ColourScale;
  /** The sinks, and those of them that are kept off the scale: all or none. */
  sinks: readonly number[];
  apart: ReadonlySet<number>;
  /** Every number that is shown on the scale, once: of words those of the words. */
  counted: Float32Array;
}

/** Error if the panel has no tracks, which the contract forbids. */
export function shownOf(panel: ScoresPanel, strip: Strip, look: PanelView): Shown {
  const index = Math.min(look.track ?? 0, panel.tracks.length - 1);
  const track = panel.tracks[index];
  if (!track) throw new Error("a scores panel without tracks");
  const grouping = look.grouping ?? TOKENS;
  const selections = fitting(track.axes, look.selections) ?? track.axes.map(initialSelection);
  const cells = fittingCells(track.axes, look.cells) ?? indices(selections);
  const own = averageAt(decoded(track.values), cells);
  const joined = isGrid(strip) ? null : grouped(strip, track, own, grouping);
  const sinks = joined === null && hasSinks(track) ? sinksOf(strip, track).units : [];
  const apart = new Set(look.sinks === true ? [] : sinks);
  const scale = joined?.scale ?? (hasSinks(track) && look.sinks !== true ? restScale(strip, track) : ownScale(track));
  return {
    ...{ strip, index, track, selections, cells, grouping, own, grouped: joined, sinks, apart },
    values: joined?.values ?? own,
    scale: adjusted(scale, look),
    counted: joined === null ? own.filter((_, unit) => !apart.has(unit)) : of(joined),
  };
}

const ownScale = (track: Track): ColourScale => colourScale(track, decoded(track.values).data);

/** The scale that holds whatever is no sink: it is the same from layer to layer. */
function restScale(strip: Strip, track: Track): ColourScale {
  const { units, rest } = sinksOf(strip, track);
  return units.length === 0 ? ownScale(track) : colourScale({ ...track, domain: [track.domain[0], rest] }, [0]);
}

const of = ({ values, ranges }: Grouped): Float32Array => Float32Array.from(ranges, ([from]) => values[from] ?? NaN);

/** The same again as long as nothing of what it depends on has changed: texts are long. */
export class ShownOnce {
  private known: Shown | null = null;
  private of: readonly unknown[] = [];

  get(panel: ScoresPanel, strip: Strip, look: PanelView): Shown {
    const { track, selections, cells, grouping, domain, intensity, threshold, sinks } = look;
    const found = grouping?.by === "pattern" && grouping.pattern ? matching(strip.units, grouping.pattern) : null;
    const of = [panel, strip, track, selections, cells, grouping, found, domain, intensity, threshold, sinks];
    if (this.known !== null && of.every((part, index) => part === this.of[index])) return this.known;
    this.of = of;
    return (this.known = shownOf(panel, strip, look));
  }
}
