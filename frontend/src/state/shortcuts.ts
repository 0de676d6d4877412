/**
 * What can be done on a page, by name: the palette lists it, keys call it.
 *
 * Whatever has actions says so with a `Shortcuts` controller. Several panels may offer the same action: the one that a
 * person is at answers, which is the one with the focus, else the one nearest to the middle of the window.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import { preferences } from "../theme/preferences";

export const GROUPS = ["go", "show", "run", "page"] as const;
/** Going somewhere; how answers are drawn; what happens to the run; the page itself. */
export type Group = (typeof GROUPS)[number];

export interface Shortcut {
  /** One for each action: offers of the same id are the same action of several panels. */
  id: string;
  /** What it does, in the language of the page: `t("…")`. */
  label: string;
  group: Group;
  /** `i`, `?`, `mod+k` (Ctrl, or Cmd on a Mac), `shift+e`, `Escape`. */
  keys?: string;
  /** What it has to be told first, such as the number of a token: the palette asks, a key opens the palette at it. */
  asks?: string;
  run: (argument: string) => void;
  /** Whether it can be done now; without it, always. */
  when?: () => boolean;
}

type Host = ReactiveControllerHost & HTMLElement;
type Offer = () => readonly Shortcut[];

/** A view in a page of another site. */
const EMBEDDED = "tessera-view";

const offers = new Map<Host, Offer>();
let asking: ((shortcut: Shortcut) => void) | null = null;

/** Offers the actions of its host as long as that is on the page; `offer` is called whenever they are needed. */
export class Shortcuts implements ReactiveController {
  constructor(
    private readonly host: Host,
    private readonly offer: Offer,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    if (offers.size === 0) document.addEventListener("keydown", pressed);
    offers.set(this.host, this.offer);
  }

  hostDisconnected(): void {
    offers.delete(this.host);
    if (offers.size === 0) document.removeEventListener("keydown", pressed);
  }
}

/** Who asks for what an action has to be told: the palette. */
export function asksBy(ask: ((shortcut: Shortcut) => void) | null): void {
  asking = ask;
}

/**
 * What can be done now, each action once, group by group; `at` is where a person was, if not where the focus is;
 * `hears`: whose actions are meant, if not those of all.
 */
export function shortcuts(at: Element | null = focused(), hears: (host: Host) => boolean = () => true): Shortcut[] {
  const known = new Map<string, Shortcut>();
  const heard = [...offers].filter(([host]) => hears(host));
  for (const [, offer] of heard.sort(([one], [other]) => distance(one, at) - distance(other, at)))
    for (const shortcut of offer())
      if (!known.has(shortcut.id) && (shortcut.when?.() ?? true)) known.set(shortcut.id, shortcut);
  return GROUPS.flatMap((group) => [...known.values()].filter((shortcut) => shortcut.group === group));
}

/** The element with the focus, through all shadow roots. */
export function focused(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

/** Whether a key event is this combination, whatever the keyboard needs to make its character. */
export function isPressed(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.toLowerCase().split("+");
  const key = parts.pop() ?? "";
  if (event.key.toLowerCase() !== key || event.altKey) return false;
  if (parts.includes("mod") !== (event.ctrlKey || event.metaKey)) return false;
  return key.length === 1 && !/\p{L}/u.test(key) ? true : parts.includes("shift") === event.shiftKey;
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const [target] = event.composedPath();
  const single = !(event.ctrlKey || event.metaKey) && event.key.length === 1;
  if (single && (!preferences().keys || isTyping(target) || isInDialog(event))) return;
  const path = event.composedPath();
  const found = shortcuts(focused(), (host) => isOurs(host, path)).find(
    ({ keys }) => keys !== undefined && isPressed(keys, event),
  );
  // Without a palette nobody can be asked: the key is not ours.
  if (!found || (found.asks !== undefined && asking === null)) return;
  event.preventDefault();
  if (found.asks === undefined) found.run("");
  else asking?.(found);
}

/** Where letters are written, or choose an option by its first one. */
function isTyping(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])")
  );
}

const isInDialog = (event: KeyboardEvent): boolean =>
  event.composedPath().some((part) => part instanceof HTMLDialogElement && part.matches(":modal"));

/** In a page of another site, only keys that are pressed in the view are ours. */
function isOurs(host: Host, path: readonly EventTarget[]): boolean {
  for (const node of upwards(host)) if (node instanceof Element && node.matches(EMBEDDED)) return path.includes(node);
  return true;
}

/** A node and all that it stands in, through all shadow roots. */
function* upwards(from: Node | null): Generator<Node> {
  for (let node = from; node !== null; node = node instanceof ShadowRoot ? node.host : node.parentNode) yield node;
}

/** 0 where the focus lies in it, then how far its middle is from that of the window. */
function distance(host: Host, at: Element | null): number {
  for (const node of upwards(at)) if (node === host) return 0;
  const { top, bottom } = host.getBoundingClientRect();
  const middle = innerHeight / 2;
  return 1 + Math.max(0, top - middle, middle - bottom);
}
