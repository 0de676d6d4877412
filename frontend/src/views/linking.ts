/** From a unit that is pointed at to what it comes from or goes to, on its own strip and on others: text ↔ patches. */
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";

import type { LinksPanel, Result, Strip, Track } from "../contract";
import { decoded } from "../contract/arrays";
import { PointingController, type Pointed } from "../state/pointing";
import type { Linked, ViewStore } from "../state/view";
import { rich, t } from "../text";
import { colourScale, extent, type ColourScale } from "../theme/scales";
import { nameOf } from "../tokens/describe";
import { isGrid, type PanelContext } from "./context";
import { rowWeights } from "./link-rows";
import { initialSelection } from "./select";
import type { Shown } from "./shown";

export type Toward = "from" | "to";

/** The links of one unit with the units of a strip. */
export interface Lit {
  panel: LinksPanel;
  toward: Toward;
  /** The other directions that there are. */
  ways: readonly Toward[];
  /** The weight of each unit; NaN where there is no link. */
  values: Float32Array;
  scale: ColourScale;
}

/** What is pointed at, whose links these are, or null. What is held counts before what is only hovered over. */
export function pointedAt({ look, result }: PanelContext, strip: Strip): (Pointed & { toward?: Toward }) | null {
  const { linked } = look.store.value;
  const hovered = look.store.pointing.value;
  const own = modelOf(result);
  if (linked?.model === own && (linked.strip !== strip.id || isGrid(strip))) return linked;
  return hovered?.model === own && hovered.strip !== strip.id ? hovered : null;
}

export const modelOf = ({ provenance }: Result): string => provenance.models[0]?.model ?? "";

/** The links of a unit with the units of `here`; null where no panel has any. */
export function litBy(
  panels: readonly LinksPanel[],
  here: Strip,
  { strip, unit }: Pick<Pointed, "strip" | "unit">,
  wanted: Toward = "from",
): Lit | null {
  const found = (["from", "to"] as const).flatMap((toward) => {
    for (const panel of panels) {
      const values = toward === "from" ? sources(panel, here, strip, unit) : destinations(panel, here, strip, unit);
      if (values !== null) return [{ toward, panel, values }];
    }
    return [];
  });
  const one = found.find(({ toward }) => toward === wanted) ?? found[0];
  if (!one) return null;
  const scale = colourScale(one.panel, decoded(one.panel.weights).data);
  return { ...one, scale, ways: found.map(({ toward }) => toward) };
}

const rowsOnce = new WeakMap<LinksPanel, Map<number, Float32Array[]>>();

/** Rows of `units` weights; full rows have a length of their own. */
function rowsOf(panel: LinksPanel, units: number): Float32Array[] {
  const byLength = rowsOnce.get(panel) ?? new Map<number, Float32Array[]>();
  const length = panel.indices === null ? 0 : units;
  const known = byLength.get(length) ?? rowWeights(panel, length, panel.axes.map(initialSelection));
  rowsOnce.set(panel, byLength.set(length, known));
  return known;
}

/** As many units as have links in a panel of the strongest. */
const linkedUnits = ({ indices }: LinksPanel): number => (indices === null ? 0 : extent(decoded(indices).data)[1] + 1);

/** Of a unit that is a target: the weights of the units of `here` that it comes from. */
function sources(panel: LinksPanel, here: Strip, strip: string, unit: number): Float32Array | null {
  if (panel.target_strip !== strip || panel.strip !== here.id) return null;
  const row = panel.rows.findIndex(([from, to]) => unit >= from && unit < to);
  return row < 0 ? null : (rowsOf(panel, here.units.length)[row] ?? null);
}

/** Of a unit that is a source: its weight for each unit of `here` that it goes to. */
function destinations(panel: LinksPanel, here: Strip, strip: string, unit: number): Float32Array | null {
  if (panel.strip !== strip || panel.target_strip !== here.id) return null;
  const values = new Float32Array(here.units.length).fill(NaN);
  rowsOf(panel, linkedUnits(panel)).forEach((weights, row) => {
    const [from, to] = panel.rows[row] ?? [0, 0];
    values.fill(weights[unit] ?? NaN, from, to);
  });
  return values.every(Number.isNaN) ? null : values;
}

/** What is shown while a unit's links are: their weights, as if they were a track. */
export function shownLit(shown: Shown, { panel, values, scale }: Lit): Shown {
  const { label, unit } = panel;
  const track: Track = { ...shown.track, name: panel.name, label, unit, scale: panel.scale, aggregate: [] };
  return { ...shown, track, own: values, grouped: null, values, scale, counted: values, sinks: [], apart: new Set() };
}

/** Holds a unit's links in sight, or lets them go when they are. */
export function hold(store: ViewStore, pointed: Pointed): void {
  const { linked } = store.value;
  const same = linked?.model === pointed.model && linked.strip === pointed.strip && linked.unit === pointed.unit;
  store.set({ linked: same ? undefined : pointed });
}

/** Whose links are shown, in which direction, and the way back. */
export function litNote(
  { look, result }: PanelContext,
  pointed: Pointed & { toward?: Toward },
  { toward, ways }: Lit,
): TemplateResult | typeof nothing {
  const unit = result.strips.find(({ id }) => id === pointed.strip)?.units[pointed.unit];
  const { store } = look;
  const held = store.value.linked;
  const turn = (to: Toward): void => store.set({ linked: { ...(held ?? pointed), toward: to } satisfies Linked });
  return html`<p class="row small" role="status">
    <span
      >${rich(toward === "from" ? "linked.from" : "linked.to", {
        unit: unit ? nameOf(unit) : String(pointed.unit),
        b: (inside) => html`<b>${inside}</b>`,
      })}</span
    >
    ${
      held === undefined
        ? nothing
        : html`${
              ways.length < 2
                ? nothing
                : html`<button class="quiet" @click=${() => turn(toward === "from" ? "to" : "from")}>
                    ${t(toward === "from" ? "linked.turn-to" : "linked.turn-from")}
                  </button>`
            }<button class="quiet" @click=${() => store.set({ linked: undefined })}>${t("choose.clear")}</button>`
    }
  </p>`;
}

/** What a view of one strip has to know of what is pointed at, here and elsewhere. */
export class Linking {
  private lit: Lit | null = null;
  private pointed: (Pointed & { toward?: Toward }) | null = null;

  constructor(
    host: ReactiveControllerHost,
    private readonly of: () => PanelContext,
  ) {
    new PointingController(host, () => this.of().look.store.pointing);
  }

  /** What is shown of this strip: the links of what is pointed at, as long as it has any, else its own numbers. */
  over(shown: Shown): Shown {
    const context = this.of();
    this.pointed = pointedAt(context, shown.strip);
    this.lit =
      this.pointed === null
        ? null
        : litBy(linksOf(context, shown.strip), shown.strip, this.pointed, this.pointed.toward);
    return this.lit === null ? shown : shownLit(shown, this.lit);
  }

  /** The unit of this strip whose links are shown. */
  heldOn({ id }: Strip): number | null {
    return this.lit !== null && this.pointed?.strip === id ? this.pointed.unit : null;
  }

  /** Whether links are shown in place of the numbers. */
  get active(): boolean {
    return this.lit !== null;
  }

  note(): TemplateResult | typeof nothing {
    return this.lit === null || this.pointed === null ? nothing : litNote(this.of(), this.pointed, this.lit);
  }

  enter(strip: Strip, unit: number): void {
    const { look, result } = this.of();
    look.store.pointing.set({ model: modelOf(result), strip: strip.id, unit });
  }

  leave(): void {
    this.of().look.store.pointing.set(null);
  }

  /** Holds the links of a unit in sight; false where it has none that would be seen. */
  hold(strip: Strip, unit: number): boolean {
    const context = this.of();
    const panels = linksOf(context, strip);
    const seen = context.result.strips.filter(({ id }) => id !== strip.id || isGrid(strip));
    if (!seen.some((here) => litBy(panels, here, { strip: strip.id, unit }) !== null)) return false;
    hold(context.look.store, { model: modelOf(context.result), strip: strip.id, unit });
    return true;
  }

  release(): void {
    const { store } = this.of().look;
    if (store.value.linked !== undefined) store.set({ linked: undefined });
  }
}

/** Links from or to a strip: the result's own, else those that another result of the job has. */
function linksOf(context: PanelContext, strip: Strip): readonly LinksPanel[] {
  const own = context.result.panels.filter(
    (panel): panel is LinksPanel => panel.kind === "links" && isOn(panel, strip),
  );
  return own.length > 0 ? own : (context.links?.(strip) ?? []);
}

export const isOn = ({ strip, target_strip }: LinksPanel, { id }: Strip): boolean =>
  strip === id || target_strip === id;
