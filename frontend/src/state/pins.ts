/**
 * Up to two answers that a person has set aside to compare, kept in this browser across pages and tabs.
 *
 * A pin is an address and a name: of the page that shows the answer (a run, or a link that was shared), the result,
 * the panel, and the track or the row of it. The same address stands in that of a comparison.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Selection } from "../marks/band";
import { store, stored } from "./storage";

export interface Place {
  /** `runs/ID`, or `s/SECRET` for a page that was shared. */
  at: string;
  result: string;
  panel: number;
  /** The name of a track; of a panel of segmentations, the id of a strip. */
  part: string;
  /** By leading axis of the track, the range that is averaged; without it as the page begins. */
  selections?: readonly Selection[];
}

export interface Pin extends Place {
  /** What it is called in the tray: `Surprisal · demo-lm`, and the beginning of the text. */
  name: string;
  of: string;
}

export interface Pins {
  a: Pin | null;
  b: Pin | null;
}

export const NONE: Pins = { a: null, b: null };

const PAGE = /^(runs|s)\/[\w-]+$/;

/** Where the interface tells of a page: `/api/runs/ID` or `/api/shares/SECRET`. */
export const apiOf = ({ at }: Pick<Place, "at">): string => `/api/${at.replace(/^s\//, "shares/")}`;

/** The page of an address of the interface. */
export const pageOf = (api: string): string => api.replace(/^\/api\//, "").replace(/^shares\//, "s/");

/** `runs/ID/RESULT/0/surprisal`, and behind it the ranges of leading axes: `3-3,0-7`. */
export function written({ at, result, panel, part, selections = [] }: Place): string {
  const ranges = selections.map(([from, to]) => `${from}-${to}`).join(",");
  return [at, result, String(panel), part, ...(ranges === "" ? [] : [ranges])]
    .map((piece, index) => (index === 0 ? piece : encodeURIComponent(piece)))
    .join("/");
}

/** Null for what is no such address: it may come from anywhere. */
export function readPlace(text: string | null): Place | null {
  const [kind = "", id = "", result = "", panel = "", part = "", ranges = ""] = (text ?? "").split("/");
  const at = `${kind}/${id}`;
  if (!PAGE.test(at) || !/^[\w-]+$/.test(result) || !/^\d{1,4}$/.test(panel)) return null;
  try {
    const selections = decodeURIComponent(ranges).split(",").flatMap(rangeOf);
    const place = { at, result, panel: Number(panel), part: decodeURIComponent(part) };
    return selections.length > 0 ? { ...place, selections } : place;
  } catch {
    return null;
  }
}

function rangeOf(text: string): Selection[] {
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  return from === undefined || to === undefined || Number(to) < Number(from) ? [] : [[Number(from), Number(to)]];
}

export const same = (one: Place | null, other: Place | null): boolean =>
  one !== null && other !== null && written(one) === written(other);

/** With this pin: in the first free place, else in that of B; without it, if it was there. */
export function toggled({ a, b }: Pins, pin: Pin): Pins {
  if (same(a, pin)) return { a: null, b };
  if (same(b, pin)) return { a, b: null };
  return a === null ? { a: pin, b } : { a, b: pin };
}

const KEY = "tessera.pins";
const hosts = new Set<ReactiveControllerHost>();
let current: Pins = load();

/** The pins of this browser; its host is drawn again when they change, in another tab as well. */
export class PinsController implements ReactiveController {
  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  get value(): Pins {
    return current;
  }

  set(pins: Pins): void {
    keep(pins);
    store(KEY, JSON.stringify(pins));
  }

  toggle(pin: Pin): void {
    this.set(toggled(current, pin));
  }

  hostConnected(): void {
    if (hosts.size === 0) window.addEventListener("storage", changed);
    hosts.add(this.host);
  }

  hostDisconnected(): void {
    hosts.delete(this.host);
    if (hosts.size === 0) window.removeEventListener("storage", changed);
  }
}

function changed({ key }: StorageEvent): void {
  if (key === KEY || key === null) keep(load());
}

function keep(pins: Pins): void {
  current = pins;
  for (const host of hosts) host.requestUpdate();
}

/** What is stored may be older than this version, or someone's own: only what has the shape of pins counts. */
function load(): Pins {
  try {
    const { a, b } = JSON.parse(stored(KEY) ?? "{}") as Partial<Pins>;
    return { a: asPin(a), b: asPin(b) };
  } catch {
    return NONE;
  }
}

function asPin(pin: Pin | null | undefined): Pin | null {
  const place = pin ? readPlace(written(pin)) : null;
  const named = typeof pin?.name === "string" && typeof pin.of === "string";
  return pin && place && named ? { ...place, name: pin.name, of: pin.of } : null;
}
