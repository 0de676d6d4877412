/** Below a result of importance: what if the selected units were removed, replaced or masked? */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { asProblem } from "../api/client";
import type { JobState, Problem, Result, ResultState } from "../contract";
import { Looking } from "../state/view";
import {
  editsOf,
  hindrance,
  MASKS,
  PATCHES,
  predictions,
  TRIAL,
  trialRequest,
  triesOf,
  type Action,
  type Selection,
  type Trial,
} from "../state/what-if";
import { t } from "../text";
import { alternativesAt, isOwn, nameOfCandidate } from "../views/alternatives";
import { signed } from "../views/change-bars";
import { alternativesOf, isGrid, type PanelContext } from "../views/context";
import { coveredPicture } from "../views/covered-picture";
import { editedText, piecesOf } from "../views/edited-text";
import { nameOf } from "./chapters";
import type { Known } from "./explaining";
import { problemNote } from "./problem";
import { whatIfStyles } from "./what-if-styles";
import { tryView } from "./what-if-try";

const ACTIONS: readonly Action[] = ["remove", "replace", "mask"];
/** Tokens that are offered in a unit's place. */
const OFFERED = 6;

@customElement("tessera-what-if")
export class WhatIf extends LitElement {
  static override styles = whatIfStyles;

  @property({ attribute: false }) known!: Known;
  @property({ attribute: false }) result!: Result;
  @property({ attribute: false }) job!: JobState;
  /** Its look keeps what is to be done. */
  @property({ attribute: false }) context!: PanelContext;
  @property({ attribute: false }) selections: readonly Selection[] = [];
  /** Whether the tries of this target stand here even when nothing is selected. */
  @property({ type: Boolean }) keeps = false;
  @state() private sending = false;
  @state() private problem: Problem | null = null;
  private readonly look = new Looking(this, () => this.context.look);
  /** The results that were there when something was tried last: the one that comes is told. */
  private earlier: ReadonlySet<string> | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const tries = triesOf(this.result, this.job, this.known.run, this.known.fetched);
    const selects = this.chosen.length > 0;
    if (!selects && (!this.keeps || tries.length === 0)) return nothing;
    return html`<section class="what-if" aria-label=${t("what-if.title")}>
      <h4>${t("what-if.title")}</h4>
      ${selects && this.known.run.mine ? this.form() : nothing} ${problemNote(this.problem)}
      <p class="hidden-visually" role="status" aria-live="polite">${this.said(tries)}</p>
      ${tries.length === 0 ? nothing : this.tries(tries)}
    </section>`;
  }

  private get chosen(): readonly Selection[] {
    return this.selections.filter(({ units }) => units.length > 0);
  }

  private get trial(): Trial {
    return this.look.value.trial ?? TRIAL;
  }

  private get image(): boolean {
    return this.chosen.some(({ strip }) => isGrid(strip));
  }

  private change(changes: Partial<Trial>): void {
    this.look.set({ trial: { ...this.trial, ...changes } });
  }

  private form(): TemplateResult {
    const why = hindrance(this.chosen, this.result.target);
    const empty = !this.image && this.trial.action === "replace" && this.trial.text === "" && this.trial.token === null;
    return html`<form
      @submit=${(event: Event) => {
        event.preventDefault();
        if (why === null && !empty && !this.sending) void this.try();
      }}
    >
      ${this.image ? nothing : this.actions()} ${this.more()} ${this.preview()}
      ${why === null ? this.predicted() : html`<p class="small">${t(`what-if.why.${why}`)}</p>`}
      <button class="primary" type="submit" ?disabled=${why !== null || empty || this.sending}>
        ${t(this.sending ? "what-if.sending" : "what-if.try")}
      </button>
    </form>`;
  }

  private actions(): TemplateResult {
    return html`<fieldset>
      <legend class="hidden-visually">${t("what-if.action")}</legend>
      ${ACTIONS.map(
        (action) =>
          html`<label
            ><input
              type="radio"
              name="action"
              .checked=${this.trial.action === action}
              @change=${() => this.change({ action })}
            />${t(`what-if.${action}`)}</label
          >`,
      )}
    </fieldset>`;
  }

  /** What comes instead, or what masks. */
  private more(): TemplateResult | typeof nothing {
    if (this.image) {
      const { patch } = this.trial;
      return this.choice("what-if.patch", PATCHES, patch, (next) => this.change({ patch: next }), "patch");
    }
    switch (this.trial.action) {
      case "remove":
        return nothing;
      case "replace":
        return this.replacement();
      case "mask":
        return this.choice("what-if.mask-by", MASKS, this.trial.mask, (next) => this.change({ mask: next }), "masks");
    }
  }

  private choice(
    label: "what-if.patch" | "what-if.mask-by",
    options: readonly string[],
    chosen: string,
    choose: (option: string) => void,
    kind: "patch" | "masks",
  ): TemplateResult {
    const name = (option: string): string => t(`what-if.${kind}.${option}` as "what-if.masks.mask");
    return html`<label class="row"
      >${t(label)}
      <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
        ${options.map(
          (option) => html`<option value=${option} ?selected=${option === chosen}>${name(option)}</option>`,
        )}
      </select></label
    >`;
  }

  private replacement(): TemplateResult {
    const { text, token } = this.trial;
    const [first] = this.chosen;
    const original = (first?.units ?? []).map((unit) => first?.strip.units[unit]?.text ?? "").join("");
    return html`<label class="row"
        >${t("what-if.instead")}
        <input
          type="text"
          .value=${token?.text ?? text}
          placeholder=${original.trim()}
          autocomplete="off"
          spellcheck="false"
          @input=${(event: Event) => this.change({ text: (event.target as HTMLInputElement).value, token: null })}
      /></label>
      ${this.offers()}`;
  }

  /** Tokens that the model held possible in the place of a single unit. */
  private offers(): TemplateResult | typeof nothing {
    const [only] = this.chosen;
    const [unit, more] = only?.units ?? [];
    if (!only || unit === undefined || more !== undefined || this.chosen.length > 1) return nothing;
    const panel = alternativesOf(this.context, only.strip);
    const own = only.strip.units[unit]?.id;
    const found = panel ? alternativesAt(panel, only.strip, unit).map(({ candidate }) => candidate) : [];
    const offered = found.filter((one) => isOwn(one) && one.id !== own).slice(0, OFFERED);
    if (offered.length === 0) return nothing;
    return html`<div class="chips" role="group" aria-label=${t("what-if.offers")}>
      <span class="small muted">${t("what-if.offers")}</span>
      ${offered.map(
        (one) =>
          html`<button
            type="button"
            aria-pressed=${this.trial.token?.id === one.id}
            @click=${() => this.change({ token: { id: one.id, text: one.text } })}
          >
            ${nameOfCandidate(one)}
          </button>`,
      )}
    </div>`;
  }

  private preview(): TemplateResult[] {
    const edits = editsOf(this.chosen, this.trial);
    return this.chosen.map(({ strip, units }) =>
      isGrid(strip)
        ? coveredPicture(this.context, strip, units)
        : editedText(piecesOf(strip, edits, () => this.trial.token?.text ?? "")),
    );
  }

  private predicted(): TemplateResult | typeof nothing {
    const unit = this.result.target?.quantity === "logprob" ? "nat" : "";
    const found = predictions(editsOf(this.chosen, this.trial), this.result, this.job, this.known);
    const said = found.flatMap(({ method, change }) =>
      change === null ? [] : `${nameOf(method, this.known.methods)} ${signed(change, unit)}`,
    );
    if (said.length === 0) return nothing;
    return html`<p class="small">${t("what-if.foretold", { what: said.join(", ") })}</p>`;
  }

  private tries(tries: readonly ResultState[]): TemplateResult {
    return html`<ol class="tries" aria-label=${t("what-if.tries")}>
      ${tries.map((one, index) => {
        const job = this.known.run.jobs.find(({ id }) => id === one.job) ?? this.job;
        const { known, context, result: of } = this;
        return tryView({ known, context, of, state: one, job }, index === 0);
      })}
    </ol>`;
  }

  private said(tries: readonly ResultState[]): string {
    const fresh = tries.find(({ id }) => this.earlier?.has(id) === false);
    const change = fresh ? this.known.fetched(fresh.id)?.figures.change : undefined;
    return change?.value == null ? "" : t("what-if.said", { change: signed(change.value, change.unit) });
  }

  private async try(): Promise<void> {
    const { model } = this.job;
    if (model === null) return;
    this.problem = null;
    this.sending = true;
    this.earlier = new Set(this.known.run.results.map(({ id }) => id));
    try {
      await this.known.api.addJobs(trialRequest(this.result, model, this.chosen, this.trial));
    } catch (error) {
      this.problem = asProblem(error);
    }
    await this.known.refresh();
    this.sending = false;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-what-if": WhatIf;
  }
}
