/** How a person likes to read, kept in this browser and shared by all views of a page. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import { store, stored } from "../state/storage";

export interface Preferences {
  /** Draw spaces, tabs and line breaks. */
  invisible: boolean;
  /** Write the id of every token below it. */
  ids: boolean;
  /** Write the bytes of every token below it. */
  bytes: boolean;
  /** Draw special tokens, and those of a template. */
  specials: boolean;
  /** Repeat the size of a value as the height of a mark. */
  marks: boolean;
  /** How strongly colours cover an image, 0 to 1. */
  strength: number;
  /** Colours over the image, or beside it. */
  beside: boolean;
  /** Single letters are shortcuts. */
  keys: boolean;
}

const KEY = "tessera.reading";
/** Whoever needs strong contrasts, or sees the system's own few colours, is told sizes by marks from the start. */
const STRONG = "(prefers-contrast: more), (forced-colors: active)";
const DEFAULTS: Preferences = {
  ...{ invisible: false, ids: false, bytes: false, specials: true },
  ...{ marks: typeof matchMedia === "function" && matchMedia(STRONG).matches },
  ...{ strength: 0.75, beside: false, keys: true },
};

const hosts = new Set<ReactiveControllerHost>();
let current: Preferences = load();

export const preferences = (): Preferences => current;

export function prefer(changes: Partial<Preferences>): void {
  current = { ...current, ...changes };
  store(KEY, JSON.stringify(current));
  for (const host of hosts) host.requestUpdate();
}

export class PreferencesController implements ReactiveController {
  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }
  get value(): Preferences {
    return current;
  }
  set(changes: Partial<Preferences>): void {
    prefer(changes);
  }
  hostConnected(): void {
    hosts.add(this.host);
  }
  hostDisconnected(): void {
    hosts.delete(this.host);
  }
}

function load(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(stored(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return DEFAULTS;
  }
}
