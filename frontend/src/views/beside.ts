/** Tracks of a page that lie on the same strip as the one that colours, and are shown beside it. */
import type { ScoresPanel, Strip, Track, Unit } from "../contract";
import type { Under } from "../marks/under";
import type { PanelView, TrackId } from "../state/view";
import { ShownOnce, type Shown } from "./shown";

/** A scores panel of some result of the page. */
export interface OtherPanel {
  /** Of its part of the view. */
  key: string;
  /** Of the method, and of the model where the page shows several. */
  method: string;
  panel: ScoresPanel;
  strip: Strip;
}

export interface Beside extends Under {
  id: TrackId;
  method: string;
  track: Track;
  shown: Shown;
}

/** What can be shown beside a track: every other one on the same strip, by method. */
export interface Offered {
  method: string;
  tracks: readonly { id: TrackId; label: string }[];
}

const KEYS = ["kind", "id", "text", "surface", "byte_start", "byte_end", "row", "col"] as const;
const compared = new WeakMap<Strip, WeakMap<Strip, boolean>>();

/** Whether a number of one strip is a number of the other: their units are the same, whatever segment they belong to. */
export function interchangeable(one: Strip, other: Strip): boolean {
  if (one === other) return true;
  const known = compared.get(one) ?? new WeakMap<Strip, boolean>();
  compared.set(one, known);
  const same = known.get(other) ?? (one.units.length === other.units.length && one.units.every(alike(other)));
  known.set(other, same);
  return same;
}

const alike =
  (other: Strip) =>
  (unit: Unit, index: number): boolean =>
    KEYS.every((key) => unit[key] === other.units[index]?.[key]);

/** The panels on a strip; of those with equal contents, such as a method asked twice, each. */
export const panelsOn = (strip: Strip, others: readonly OtherPanel[]): OtherPanel[] =>
  others.filter((other) => interchangeable(strip, other.strip));

const isSame = (one: TrackId, other: TrackId): boolean => one.panel === other.panel && one.track === other.track;

/** The tracks that can be added or are; the one that colours is not. */
export function offered(panels: readonly OtherPanel[], colours: TrackId): Offered[] {
  return panels
    .map(({ key, method, panel }) => ({
      method,
      tracks: panel.tracks
        .map(({ name, label }) => ({ id: { panel: key, track: name }, label }))
        .filter(({ id }) => !isSame(id, colours)),
    }))
    .filter(({ tracks }) => tracks.length > 0);
}

/** Tracks beside another: each is drawn, and more could not be told apart. */
export const MOST_BESIDE = 12;

/** Each track once, the last that find room. */
export function besideOf({ beside = [] }: PanelView): TrackId[] {
  const byKey = new Map(beside.map((id) => [JSON.stringify([id.panel, id.track]), id]));
  return [...byKey.values()].slice(-MOST_BESIDE);
}

/** With the track as the last, or without it. */
export function toggled(view: PanelView, id: TrackId): readonly TrackId[] {
  const known = besideOf(view);
  const without = known.filter((other) => !isSame(other, id));
  return without.length === known.length ? besideOf({ beside: [...known, id] }) : without;
}

export const includes = (known: readonly TrackId[], id: TrackId): boolean => known.some((other) => isSame(other, id));

/** What each chosen track shows, by the same units or words; worked out again only when something changed. */
export class BesideOnce {
  private readonly known = new Map<string, { once: ShownOnce; last: Beside | null }>();

  /** Tracks whose results have not come are passed over, and so is the one that colours. */
  get(panels: readonly OtherPanel[], view: PanelView, colours: TrackId, lookOf: (key: string) => PanelView): Beside[] {
    const { grouping } = view;
    return besideOf(view).flatMap((id) => {
      const other = panels.find(({ key }) => key === id.panel);
      const index = other?.panel.tracks.findIndex(({ name }) => name === id.track) ?? -1;
      const track = other?.panel.tracks[index];
      if (other === undefined || track === undefined || isSame(id, colours)) return [];
      const { selections, cells, sinks, track: own = 0 } = lookOf(id.panel);
      const slices = own === index ? { selections, cells, sinks } : {};
      const key = JSON.stringify(id);
      const { once, last } = this.known.get(key) ?? { once: new ShownOnce(), last: null };
      const shown = once.get(other.panel, other.strip, { ...slices, track: index, grouping });
      const { values, scale } = shown;
      const next = { id, method: other.method, track, shown, values, scale, label: track.label };
      const kept = last?.shown === shown && last.method === other.method ? last : next;
      this.known.set(key, { once, last: kept });
      return [kept];
    });
  }
}
