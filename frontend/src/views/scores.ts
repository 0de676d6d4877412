/** Tracks over one strip: coloured text or patches, layers and heads, further tracks beside, the numbers on demand. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { ScoresPanel } from "../contract";
import { readsOf } from "../forms/cards";
import { strongest, type Link } from "../marks/arcs";
import type { UnitEnter } from "../marks/events";
import type { ScaleChange } from "../marks/legend";
import type { PatchGrid } from "../marks/patch-grid";
import { popup } from "../marks/popup";
import type { TokenStrip, UnitRange } from "../marks/token-strip";
import { PreferencesController } from "../theme/preferences";
import { number } from "../theme/format";
import { Shortcuts } from "../state/shortcuts";
import { Looking, type PanelView, type TrackId } from "../state/view";
import { t } from "../text";
import { MatchingController } from "../tokens/matching";
import { base } from "../theme/styles";
import { BesideOnce, offered, panelsOn, type Beside, type OtherPanel } from "./beside";
import { besideActions, besideControls, lineLegends, type BesidePlace } from "./beside-controls";
import { besideStyles } from "./beside-styles";
import { Choosing } from "./choosing";
import { decidingUnits, isGrid, stripOf, type PanelContext } from "./context";
import { spanNote, type Told } from "./grouping";
import { bytesNote, groupingControls } from "./grouping-controls";
import { Layers } from "./layers";
import { Linking } from "./linking";
import { Lighting, multiples } from "./multiples";
import { scoreStyles } from "./score-styles";
import { picture, pictureNote, pictureTools } from "./pictures";
import type { Pinned } from "./pins";
import { cardOf, readingOf, spokenOf, toldOf } from "./readings";
import { ShownOnce, shownOf, type Shown } from "./shown";
import { readingControls } from "./reading-controls";
import { sinkNote } from "./sink-note";
import { trackActions } from "./track-actions";
import "../marks/arc-layer";
import "../marks/legend";
import "../marks/patch-grid";
import "../marks/token-strip";

const ARCS = 5;

export const scores = (panel: ScoresPanel, context: PanelContext): TemplateResult =>
  html`<tessera-scores .panel=${panel} .context=${context}></tessera-scores>`;

@customElement("tessera-scores")
export class ScoresView extends LitElement {
  static override styles = [base, scoreStyles, besideStyles];

  @property({ attribute: false }) panel!: ScoresPanel;
  @property({ attribute: false }) context!: PanelContext;
  @state() private truthShown = false;
  @query("tessera-token-strip, tessera-patch-grid") private mark!: TokenStrip | PatchGrid;
  private readonly preferences = new PreferencesController(this);
  private readonly look = new Looking(this, () => this.context.look);
  private readonly layers = new Layers(this, this.look);
  private readonly once = new ShownOnce();
  private readonly besideOnce = new BesideOnce();
  private readonly lighting = new Lighting();
  private readonly linking = new Linking(this, () => this.context);
  private readonly choosing = new Choosing(this, this.look, () => ({
    ...{ context: this.context, shown: this.shown, linking: this.linking },
    readings: (unit) => this.told().map((told) => readingOf(told, unit)),
  }));
  /** What stands in the view, and what is drawn: the same unless the pointer looks at another layer. */
  private kept!: Shown;
  private shown!: Shown;
  private panels: readonly OtherPanel[] = [];
  private beside: readonly Beside[] = [];
  private signed: { of: Pinned; apart: Shown["apart"]; by: ((unit: number) => string) | null } | null = null;
  private deciding: ReadonlySet<number> = new Set();

  constructor() {
    super();
    new MatchingController(this);
    new Shortcuts(this, () => [
      ...trackActions(this.labels(), this.shown.index, (track) => this.colour(track)),
      ...besideActions(this.place),
    ]);
  }

  private labels(): string[] {
    return this.panel.tracks.map(({ label }) => label);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const strip = stripOf(this.context, this.panel.strip);
    if (changed.has("panel")) this.deciding = decidingUnits(strip, this.context.truth);
    this.kept = this.once.get(this.panel, strip, this.look.value);
    const { looked } = this.layers;
    this.shown = this.linking.over(looked === null ? this.kept : shownOf(this.panel, strip, looked));
    this.panels = panelsOn(strip, this.context.others);
    const lookOf = (key: string): PanelView => this.context.look.store.look(key).value;
    this.beside = this.besideOnce.get(this.panels, this.look.value, this.colours, lookOf);
  }

  /** The track that colours. */
  private get colours(): TrackId {
    return { panel: this.context.look.key, track: this.kept.track.name };
  }

  private get place(): BesidePlace {
    const { look, panels, beside, colours } = this;
    const set = (changes: PanelView): void => this.look.set(changes);
    return { view: look.value, set, offered: offered(panels, colours), beside, picture: isGrid(this.kept.strip) };
  }

  protected override render(): TemplateResult {
    const grid = isGrid(this.shown.strip);
    const wide = grid && this.preferences.value.beside ? "wide" : "";
    return html`
      ${this.tabs()} ${this.layers.controls(this.kept)} ${besideControls(this.place)}
      <div
        class="stage ${grid ? "image" : ""} ${wide}"
        @unit-enter=${this.enter}
        @unit-leave=${this.leave}
        @unit-select=${this.choosing.select}
        @unit-reach=${this.choosing.reach}
        @unit-sweep=${this.choosing.sweep}
        @pointerdown=${this.choosing.pressed}
        @click=${this.choosing.away}
        @keydown=${this.choosing.keyed}
      >
        ${this.stage()}
      </div>
      ${this.apart ? nothing : lineLegends(this.place)} ${bytesNote(this.shown.strip, this.shown.grouping)}
      ${this.choosing.spans ? spanNote(this.shown.strip, this.choosing.grouping.span, this.told()) : nothing}
      ${this.linking.note()} ${grid ? pictureNote(this.shown, this.look.value, this.preferences.value.beside) : nothing}
      ${this.choosing.note()} ${this.choosing.pins()}
      ${sinkNote({ ...this.shown, unit: this.shown.track.unit }, (sinks) => this.look.set({ sinks }))}
      <tessera-legend
        adjustable
        .scale=${this.shown.scale}
        .values=${this.shown.counted}
        .unit=${this.shown.track.unit}
        .label=${this.shown.track.label}
        .reads=${this.linking.active ? "" : readsOf(this.context.result)}
        @scale-change=${({ changes }: ScaleChange) => this.look.set(changes)}
      ></tessera-legend>
    `;
  }

  /** Whether the tracks beside are strips or pictures of their own. */
  private get apart(): boolean {
    return this.beside.length > 0 && (isGrid(this.kept.strip) || this.look.value.multiples === true);
  }

  private stage(): TemplateResult {
    const { strip } = this.shown;
    const own = isGrid(strip) ? this.patches() : this.text();
    if (!this.apart) return own;
    const drawing = {
      ...{ context: this.context, view: this.look.value, preferences: this.preferences.value },
      ...{ selected: this.choosing.selected, chosen: this.chosen },
    };
    return multiples(own, this.shown, this.place, drawing);
  }

  private get chosen(): UnitRange | null {
    return this.choosing.spans ? this.choosing.grouping.span : this.choosing.chosen();
  }

  private tabs(): TemplateResult {
    const several = this.panel.tracks.length > 1;
    const truth = this.context.truth?.box != null && isGrid(this.shown.strip);
    return html`<div class="row small">
      ${
        several
          ? this.panel.tracks.map(
              ({ label }, index) =>
                html`<button aria-pressed=${index === this.shown.index} @click=${() => this.colour(index)}>
                  ${label}
                </button>`,
            )
          : nothing
      }
      ${isGrid(this.shown.strip) ? nothing : groupingControls(this.shown.strip, this.shown.track, this.choosing.grouping, (next) => this.choosing.group(next))}
      ${this.choosing.switch()} ${readingControls(this.preferences, isGrid(this.shown.strip) ? "picture" : "text")}
      ${
        isGrid(this.shown.strip)
          ? pictureTools(this.look.value, this.preferences.value.beside, (changes) => this.look.set(changes))
          : nothing
      }
      ${
        truth
          ? html`<button
              class="quiet"
              aria-pressed=${this.truthShown}
              @click=${() => (this.truthShown = !this.truthShown)}
            >
              ${t("picture.truth")}
            </button>`
          : nothing
      }
    </div>`;
  }

  /** Thresholds and heads are those of one track. */
  private colour(track: number): void {
    this.look.set({ track, selections: undefined, cells: undefined, threshold: undefined, domain: undefined });
  }

  private text(): TemplateResult {
    const { invisible, marks } = this.preferences.value;
    const { chosen } = this;
    const settled = !this.choosing.spans && chosen !== null && !this.context.waiting;
    return html`<tessera-token-strip
        .strip=${this.shown.strip}
        .values=${this.shown.values}
        .scale=${this.shown.scale}
        .apart=${this.shown.apart}
        .under=${this.apart ? [] : this.beside}
        .describe=${this.describe}
        .invisible=${invisible}
        .marks=${marks}
        .cells=${this.shown.grouping.by === "bytes"}
        .groups=${this.shown.grouped?.of ?? null}
        .classOf=${this.shown.grouped?.noun === "match" ? this.matchOf : null}
        .chosen=${chosen}
        .spanning=${this.choosing.spans || this.choosing.selecting}
        .ranging=${this.choosing.asks}
        .selected=${this.choosing.selected}
        .outlined=${this.deciding}
        .noteOf=${this.signs()}
      ></tessera-token-strip>
      <tessera-arc-layer
        .links=${settled ? this.sources(chosen) : []}
        .to=${() => (chosen === null ? null : this.mark.tileOf(chosen[0]))}
        .locate=${(unit: number) => this.mark.tileOf(unit)}
      ></tessera-arc-layer>`;
  }

  private patches(): TemplateResult {
    return picture({
      ...{ context: this.context, shown: this.shown, view: this.look.value, preferences: this.preferences.value },
      ...{ selected: this.choosing.selected, held: this.linking.heldOn(this.shown.strip), describe: this.describe },
      truth: this.truthShown ? (this.context.truth?.box ?? null) : null,
    });
  }

  private sources([from, to]: UnitRange): Link[] {
    return strongest(this.shown.own, ARCS + to - from)
      .filter(({ source }) => source < from || source >= to)
      .slice(0, ARCS);
  }

  /** The same function as long as the same units are pinned: what changes is painted anew. */
  private signs(): ((unit: number) => string) | null {
    const { apart, own } = this.shown;
    if (this.signed?.of !== this.choosing.pinned || this.signed.apart !== apart) {
      const signs = this.choosing.signs();
      const by = (unit: number): string => (apart.has(unit) ? number(own[unit]) : (signs?.(unit) ?? ""));
      this.signed = { of: this.choosing.pinned, apart, by: apart.size > 0 ? by : signs };
    }
    return this.signed.by;
  }

  private told(): Told[] {
    return toldOf(this.panel, this.context.look.key, this.shown, this.beside);
  }

  private readonly matchOf = (unit: number): string => {
    const { grouped } = this.shown;
    return grouped?.matches[grouped.of[unit] ?? 0] === true ? "match" : "";
  };

  private readonly describe = (unit: number): string => spokenOf(this.shown, unit);

  private readonly enter = ({ index, anchor, by }: UnitEnter): void => {
    if (this.apart) this.lighting.show(this.renderRoot, index);
    this.linking.enter(this.shown.strip, index);
    popup().show(anchor, cardOf(this.context, this.shown, this.told(), index, this.choosing.spans), by);
  };

  private readonly leave = (): void => {
    this.lighting.clear();
    this.linking.leave();
    popup().hide();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-scores": ScoresView;
  }
}
