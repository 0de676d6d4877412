/** A page's view outside the page: as it goes with a link, and as this tab keeps it until it is closed. */
import { store, stored } from "./storage";
import { EMPTY, type PanelView, type RunView } from "./view";

type Check = (value: unknown) => boolean;

/** Characters that a person types into one field. */
const LONGEST = 10_000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isWhole: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isFlag: Check = (value) => typeof value === "boolean";
const isText: Check = (value) => typeof value === "string";
const isBetween =
  (least: number, most: number): Check =>
  (value) =>
    isNumber(value) && (value as number) >= least && (value as number) <= most;
const isShort: Check = (value) => isText(value) && (value as string).length <= LONGEST;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const pairOf =
  (check: Check): Check =>
  (value) =>
    listOf(check)(value) && (value as unknown[]).length === 2;
/** Each at most once. */
const setOf =
  (check: Check): Check =>
  (value) =>
    listOf(check)(value) && new Set(value as unknown[]).size === (value as unknown[]).length;
/** From and to, in this order. */
const rangeOf =
  (check: Check): Check =>
  (value) =>
    pairOf(check)(value) && (value as [number, number])[0] <= (value as [number, number])[1];
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const oneOf =
  (...names: string[]): Check =>
  (value) =>
    names.includes(value as string);
/** An object whose named parts, where they are, hold what they should; `must` be there. */
const shaped =
  (parts: Record<string, Check>, must: readonly string[] = []): Check =>
  (value) =>
    isObject(value) &&
    must.every((name) => name in value) &&
    Object.entries(parts).every(([name, check]) => value[name] === undefined || check(value[name]));
const valuesOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);

const GRAIN = oneOf("bytes", "tokens", "words", "sentences", "lines", "pattern", "span");
const GROUPING = shaped({ by: GRAIN, rule: orNull(isText), span: orNull(rangeOf(isWhole)), pattern: isShort }, [
  "by",
  "rule",
  "span",
]);

const TRIAL = shaped(
  {
    ...{ action: oneOf("remove", "replace", "mask"), text: isShort, mask: isShort, patch: isShort },
    token: orNull(shaped({ id: isWhole, text: isShort }, ["id", "text"])),
  },
  ["action", "text", "token", "mask", "patch"],
);

/** What each part of a panel's view may hold. A part that holds anything else is left out. */
const PANEL: { readonly [Part in keyof Required<PanelView>]: Check } = {
  track: isWhole,
  selections: listOf(rangeOf(isWhole)),
  cells: listOf(listOf(isWhole)),
  domain: rangeOf(isNumber),
  intensity: isBetween(1, 16),
  threshold: pairOf(orNull(isNumber)),
  sinks: isFlag,
  beside: listOf(shaped({ panel: isText, track: isText }, ["panel", "track"])),
  multiples: isFlag,
  row: isWhole,
  matrix: isFlag,
  stage: isWhole,
  group: orNull(shaped({ label: isText, strip: isText, from: orNull(isWhole) }, ["label", "strip", "from"])),
  sorting: orNull(shaped({ metric: isWhole, down: isFlag }, ["metric", "down"])),
  grouping: GROUPING,
  tool: oneOf("explain", "select", "pin"),
  drawing: oneOf("fill", "outline"),
  blend: oneOf("normal", "multiply", "screen"),
  sweep: oneOf("box", "brush"),
  selected: setOf(isWhole),
  trial: TRIAL,
  measured: isFlag,
  pinned: setOf(isWhole),
};

const isClass: Check = (value) => isText(value) || isWhole(value);
const CONTRAST = shaped({ token: orNull(isText), ids: orNull(listOf(isWhole)), class: orNull(isClass) });
const ASKED: Check = shaped(
  {
    ...{ strip: isText, from: isWhole, to: isWhole, class: isClass, contrast: CONTRAST },
    quantity: oneOf("logprob", "logit", "probability"),
  },
  ["strip"],
);

const VIEW: { readonly [Part in keyof Required<RunView>]: Check } = {
  panels: isObject,
  asked: valuesOf(ASKED),
  linked: shaped({ model: isText, strip: isText, unit: isWhole, toward: oneOf("from", "to") }, [
    "model",
    "strip",
    "unit",
  ]),
  at: shaped({ card: isText, offset: isNumber }, ["card", "offset"]),
  only: isText,
  order: oneOf("faithful", "asked"),
  compare: isText,
};

const passing = (value: Record<string, unknown>, checks: Readonly<Record<string, Check>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).filter(([name, part]) => Object.hasOwn(checks, name) && checks[name]?.(part) === true),
  );

/** The view that a piece of JSON holds; what is no part of a view, or holds what it cannot, is left out. */
export function viewFrom(json: unknown): RunView {
  if (!isObject(json)) return EMPTY;
  const known = { ...EMPTY, ...passing(json, VIEW) };
  const panels = Object.entries(known.panels).filter(([, panel]) => isObject(panel));
  const checked = panels.map(([key, panel]) => [key, passing(panel as Record<string, unknown>, PANEL)]);
  return { ...known, panels: Object.fromEntries(checked) as RunView["panels"] };
}

const keyOf = (run: string): string => `tessera.view.${run}`;

/** Keeps the view until the tab is closed, so that loading the page again loses nothing. */
export function keepView(run: string, view: RunView): void {
  store(keyOf(run), JSON.stringify(view), "session");
}

/** The view that this tab kept of a run; empty where there is none. */
export function keptView(run: string): RunView {
  try {
    return viewFrom(JSON.parse(stored(keyOf(run), "session") ?? "{}"));
  } catch {
    return EMPTY;
  }
}
