/** One method's answer: what it is doing, then its panels, figures, provenance and downloads. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { RunApi } from "../api";
import type { JobState, MethodEntry, Panel, Problem, Result, ResultState, RunState } from "../contract";
import { isUnfinished } from "../state/run";
import { isImportance } from "../state/what-if";
import { ViewStore } from "../state/view";
import { changedSince, type Catalogue } from "../state/versions";
import { Shortcuts } from "../state/shortcuts";
import type { Slot } from "../state/watch";
import { caveatOf, methodDescription, methodName, methodSummary } from "../forms/cards";
import { t } from "../text";
import { restOf, turnOf } from "../theme/expected";
import { bytes, seconds } from "../theme/format";
import { draw } from "../views";
import type { PanelContext } from "../views/context";
import { existing } from "../views/selecting";
import { targets } from "../views/targets";
import { exportMenu } from "./exporting";
import { badge } from "./badge";
import type { Known } from "./explaining";
import { figures } from "./figures";
import { pinButtons, pinOf, pinShortcut, type Pinnable } from "./pinning";
import { problemNote } from "./problem";
import { provenance } from "./provenance";
import { resultStyles } from "./result-styles";
import "./what-if";
import "./how-to-read";

@customElement("tessera-result-card")
export class ResultCard extends LitElement {
  static override styles = resultStyles;

  @property({ attribute: false }) state!: ResultState;
  @property({ attribute: false }) job!: JobState;
  @property({ attribute: false }) slotted: Slot | null = null;
  @property({ attribute: false }) card: MethodEntry | null = null;
  /** What the site has today. */
  @property({ attribute: false }) catalogue: Catalogue = { methods: [], models: [] };
  @property({ attribute: false }) api!: RunApi;
  @property({ attribute: false }) context!: Omit<PanelContext, "result" | "look">;
  @property({ attribute: false }) view = new ViewStore();
  /** What the parts of the view go by: the method and its parameters, whatever it explains. */
  @property() key = "";
  /** The run around it; null where the card stands alone. */
  @property({ attribute: false }) known: Known | null = null;
  /** Whether what was tried on its target stands here, whatever is selected. */
  @property({ attribute: false }) keepsTries = false;
  /** Another result, of the same method, that is on its way to take this one's place. */
  @property({ attribute: false }) next: ResultState | null = null;
  /** What was asked, so that it can be asked again. */
  @property({ attribute: false }) run: RunState | null = null;
  /** The model's name, where the page shows several. */
  @property() model = "";
  @property({ attribute: false }) cut: ((problem: Problem) => unknown) | null = null;

  constructor() {
    super();
    new Shortcuts(this, () => [pinShortcut(() => this.renderRoot)]);
  }

  protected override render(): TemplateResult {
    return html`
      <header>
        <h3>
          ${this.card ? methodName(this.card) : this.state.method.key}${this.model === "" ? nothing : html` <span class="muted">· ${this.model}</span>`}
        </h3>
        <p>${this.card ? methodSummary(this.card) : ""}</p>
        ${this.slotted?.kind === "ready" ? pinButtons(this.pinnable(this.slotted.result)) : nothing}
      </header>
      ${this.slotted?.kind === "ready" ? targets(this.contextOf(this.slotted.result)) : nothing}
      <div class="body ${this.next === null || !isUnfinished(this.next) ? "" : "past"}">${this.body()}</div>
      ${this.next === null ? nothing : this.coming(this.next)}
    `;
  }

  private coming(next: ResultState): TemplateResult | typeof nothing {
    return next.state === "failed" ? this.failed(next.problem) : this.waiting(next);
  }

  private body(): TemplateResult | typeof nothing {
    switch (this.state.state) {
      case "queued":
      case "leased":
      case "running":
        return this.waiting(this.state);
      case "failed":
        return this.failed(this.state.problem ?? this.job.problem);
      case "cancelled":
        return html`<p class="muted">${cancelled(this.job.freed)}</p>`;
      case "done":
        return this.done();
    }
  }

  private waiting({ progress, state }: ResultState): TemplateResult {
    const fraction = progress?.fraction ?? null;
    return html`<div role="status">
      <progress max="1" .value=${fraction} aria-label=${t("result.far")}></progress>
      <p class="small muted">
        ${this.job.cancelling ? t("run.cancelling") : this.doing(progress?.message ?? null, state)}
      </p>
    </div>`;
  }

  private doing(message: string | null, state: ResultState["state"]): string {
    if (this.job.state === "queued") return turnOf(this.job);
    const said = message ?? t(state === "running" ? "result.computing" : "result.waiting");
    const rest = restOf(this.job);
    return rest === "" ? said : `${said} · ${rest}`;
  }

  private failed(problem: Problem | null): TemplateResult | typeof nothing {
    return problemNote(problem, problem === null ? nothing : (this.cut?.(problem) ?? nothing));
  }

  private done(): TemplateResult | typeof nothing {
    switch (this.slotted?.kind) {
      case "ready":
        return this.ready(this.slotted.result);
      case "failed":
        return this.failed(this.slotted.problem);
      default:
        return html`<p class="muted" role="status">${t("result.fetching")}</p>`;
    }
  }

  private contextOf(result: Result, panel: Panel | null = null): PanelContext {
    const index = panel === null ? -1 : result.panels.indexOf(panel);
    const look = this.view.look(`${this.key}/${index}`);
    if (panel?.kind !== "segmentations") return { ...this.context, result, look };
    return { ...this.context, result, look, pin: (row) => pinOf(this.pinnable(result), panel, row) };
  }

  private pinnable(result: Result): Pinnable {
    const { id } = this.state;
    const name = this.card ? methodName(this.card) : this.state.method.key;
    const { view, key } = this;
    const model = this.job.model === null ? "" : ` · ${this.job.model}`;
    return { base: this.api.base, id, result, name: name + model, sources: this.context.sources, view, key };
  }

  private exporting(result: Result): TemplateResult {
    const { api, run, job, state, context, view, key } = this;
    const name = this.card ? methodName(this.card) : state.method.key;
    return exportMenu({ api, run, job, state, context, view, key, result, name, panels: panelsOf(result) });
  }

  /** What is selected on each panel of scores, to ask what happens without it. */
  private whatIf(result: Result): TemplateResult | typeof nothing {
    if (this.known === null || this.card === null || !isImportance(this.card)) return nothing;
    const selections = result.panels.flatMap((panel) => {
      const strip = panel.kind === "scores" ? result.strips.find(({ id }) => id === panel.strip) : undefined;
      return strip ? [{ strip, units: existing(strip, this.contextOf(result, panel).look.value.selected ?? []) }] : [];
    });
    return html`<tessera-what-if
      .known=${this.known}
      .result=${result}
      .job=${this.job}
      .context=${this.contextOf(result)}
      .selections=${selections}
      .keeps=${this.keepsTries}
    ></tessera-what-if>`;
  }

  private ready(result: Result): TemplateResult {
    return html`
      ${badge(this.card, this.known, { state: this.state, result, job: this.job, context: this.contextOf(result) })}
      ${figures(result)} ${readText(result)}
      ${panelsOf(result).map((panel) => draw(panel, this.contextOf(result, panel)))} ${this.whatIf(result)}
      <tessera-how-to-read .card=${this.card} .site=${this.api.site}></tessera-how-to-read>
      <footer>
        ${changedSince(result, this.catalogue).map((sentence) => html`<p class="made">${sentence}</p>`)}
        ${result.provenance.caveat === "" ? nothing : html`<p>${caveatOf(result)}</p>`}
        <details>
          <summary>
            ${t("provenance.computed", { seconds: seconds(this.state.seconds ?? result.provenance.seconds) })}
          </summary>
          ${this.card ? html`<p>${methodDescription(this.card)}</p>` : nothing}
          ${provenance(result, this.card?.paper ?? "")}
        </details>
        ${this.exporting(result)}
      </footer>
    `;
  }
}

/** What a cancelled job gave back, where that is worth a word; null: nobody measured it. */
export function cancelled(freed: number | null): string {
  return freed === null || freed < 2 ** 20 ? t("result.cancelled") : t("result.freed", { size: bytes(freed) });
}

/** What an encoder-decoder read, above what it says, where no panel shows it. */
function readText({ strips, panels }: Result): TemplateResult | typeof nothing {
  const input = strips.find(({ role }) => role === "input");
  const shown = panels.some((panel) => "strip" in panel && panel.strip === input?.id);
  if (!input || shown) return nothing;
  const text = input.units.map((unit) => (unit.special ? "" : (unit.text ?? ""))).join("");
  return html`<div class="read">
    <h4>${input.label}</h4>
    <p dir="auto" tabindex="0">${text}</p>
    <h4>${strips.find(({ role }) => role === "output")?.label ?? t("result.output")}</h4>
  </div>`;
}

/** Links of a single target repeat the scores of the same strip, which draw them as arcs already. */
export function panelsOf({ panels }: Result): Panel[] {
  const scored = new Set(panels.flatMap((panel) => (panel.kind === "scores" ? [panel.strip] : [])));
  return panels.filter((panel) => panel.kind !== "links" || panel.rows.length > 1 || !scored.has(panel.strip));
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-result-card": ResultCard;
  }
}
