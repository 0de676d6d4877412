/**
 * What a person has made of a run's page: which track colours, what is chosen and pinned, and where they read.
 *
 * It is plain JSON: kept while a run is open, shared with a link, drawn by exports. Parts are optional, and whatever
 * is missing is as the page begins. A new part needs a check of what it may hold, in `stored-view.ts`.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Selection } from "../marks/band";
import type { Threshold } from "../theme/scales";
import type { Blend, Drawing } from "../marks/patch-layers";
import type { Sweep } from "../marks/sweeping";
import type { Grouping } from "../views/grouping";
import type { Asked } from "./explain";
import type { Trial } from "./what-if";
import { Pointing, type Pointed } from "./pointing";

/** A track of a page: the key of its panel's part of the view, and its name. */
export interface TrackId {
  panel: string;
  track: string;
}

/** A group of units, in whatever place of a list: the answers for other targets have other lists. */
export interface GroupId {
  label: string;
  strip: string;
  /** Its first unit; null where it has none. */
  from: number | null;
}

/** A unit, and whether what it comes from is shown (so at first) or what it goes to. */
export interface Linked extends Pointed {
  toward?: "from" | "to";
}

/** Of one panel. */
export interface PanelView {
  /** Index of the track that colours. */
  track?: number;
  /** By leading axis of that track, the range that is averaged. */
  selections?: readonly Selection[];
  /** Leading indices, such as heads of several layers, that are averaged in place of the selections. */
  cells?: readonly (readonly number[])[];
  /** Ends of the scale that are not the track's own, such as those that compared runs share. */
  domain?: readonly [low: number, high: number];
  /** How many times sooner than at the scale's end the colour is full; 1 at first. */
  intensity?: number;
  /** What lies outside is dimmed. */
  threshold?: Threshold;
  /** Sinks have colours like all other units. */
  sinks?: boolean;
  /** Tracks that are shown beside the one that colours, in their order. */
  beside?: readonly TrackId[];
  /** Those are drawn as strips or pictures of their own, not as underlines. */
  multiples?: boolean;
  /** Of links: the index of the row whose sources are shown, and whether all rows are, as a matrix. */
  row?: number;
  matrix?: boolean;
  /** Of a reduction: the index of the stage that is shown. */
  stage?: number;
  /** Of groups: the one that is chosen. */
  group?: GroupId | null;
  /** Of segmentations: the metric that orders them, and whether the greatest comes first; null: as they came. */
  sorting?: { metric: number; down: boolean } | null;
  grouping?: Grouping;
  /** What a click does: explain what it meets (so at first), or select it. */
  tool?: "explain" | "select" | "pin";
  /** Of a picture: colours or outlines, how they mix with it, and how dragging selects. */
  drawing?: Drawing;
  blend?: Blend;
  sweep?: Sweep;
  /** Indices of the units a person has selected, to ask what happens without them. */
  selected?: readonly number[];
  /** What is to be done with them: removed, replaced, masked. */
  trial?: Trial;
  /** The measurement of its faithfulness is open. */
  measured?: boolean;
  /** Indices of the units whose numbers stay in sight, in the order in which they were pinned. */
  pinned?: readonly number[];
}

/** Of a page; `panels` by the key of the method and parameters that answer, and the index of the panel; `asked` by model. */
export interface RunView {
  panels: Readonly<Record<string, PanelView>>;
  asked: Readonly<Record<string, Asked>>;
  /** The unit whose links stay in sight. */
  linked?: Linked;
  /** Where a person reads: the key of a card, and how far (px) its top is below that of the window. */
  at?: { card: string; offset: number };
  /** The order of importance cards: the most faithful first, or as they were asked; at first as the page finds it. */
  order?: "faithful" | "asked";
  /** What is compared on the page, and how: the address of that comparison behind its #. */
  compare?: string | undefined;
  /** Key of the one card that other sites' pages show. */
  only?: string;
}

export const EMPTY: RunView = { panels: {}, asked: {} };

/** The view of one page, and who draws from it. */
export class ViewStore {
  readonly pointing = new Pointing();
  private readonly looks = new Map<string, Look>();
  private readonly hosts = new Set<ReactiveControllerHost>();

  constructor(private view: RunView = EMPTY) {}

  get value(): RunView {
    return this.view;
  }

  set(changes: Partial<RunView>): void {
    this.view = { ...this.view, ...changes };
    for (const host of this.hosts) host.requestUpdate();
  }

  /** The part of one panel: the same object whenever it is asked for. */
  look(key: string): Look {
    const known = this.looks.get(key) ?? new Look(this, key);
    this.looks.set(key, known);
    return known;
  }

  add(host: ReactiveControllerHost): void {
    this.hosts.add(host);
  }

  remove(host: ReactiveControllerHost): void {
    this.hosts.delete(host);
  }
}

/** One panel's part of a page's view. */
export class Look {
  constructor(
    readonly store: ViewStore,
    readonly key: string,
  ) {}

  get value(): PanelView {
    return this.store.value.panels[this.key] ?? {};
  }

  set(changes: PanelView): void {
    const { panels } = this.store.value;
    this.store.set({ panels: { ...panels, [this.key]: { ...this.value, ...changes } } });
  }
}

/** Draws its host again when the view of the page changes. */
export class Looking implements ReactiveController {
  private store: ViewStore | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly of: () => Look | undefined,
  ) {
    host.addController(this);
  }

  get value(): PanelView {
    return this.of()?.value ?? {};
  }

  set(changes: PanelView): void {
    this.of()?.set(changes);
  }

  hostUpdate(): void {
    const store = this.of()?.store ?? null;
    if (store === this.store) return;
    this.store?.remove(this.host);
    store?.add(this.host);
    this.store = store;
  }

  hostConnected(): void {
    this.store?.add(this.host);
  }

  hostDisconnected(): void {
    this.store?.remove(this.host);
  }
}
