/** The page that asks: one text box, one picture drop, four questions and a button. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { catalogue, createRun, myRuns, type Catalogue } from "../api";
import { asProblem, problemId } from "../api/client";
import type { Problem, RunSummary } from "../contract";
import {
  chosenMethods,
  chosenModels,
  choosing,
  cutTo,
  kindsOf,
  loadDraft,
  requestOf,
  saveDraft,
  wholeRequest,
  type Draft,
} from "../state/draft";
import { Shortcuts } from "../state/shortcuts";
import { t } from "../text";
import { count } from "../theme/format";
import { installPage } from "../theme/page";
import { base } from "../theme/styles";
import type { AskInput, InputChange } from "./ask-input";
import type { ModelsChange } from "./ask-models";
import type { OptionsChange } from "./ask-options";
import type { MethodsChange } from "./ask-questions";
import type { RolesChange } from "./ask-roles";
import { askStyles } from "./ask-styles";
import { concerns, parameterOf, problemNote, roleOf } from "./problem";
import "./ask-estimate";
import "./ask-input";
import "./ask-models";
import "./ask-options";
import "./ask-questions";
import "./ask-roles";
import "./ask-samples";
import "./shell";
import "./tour-offer";

installPage();

type Known = { kind: "loading" } | { kind: "failed"; problem: Problem } | { kind: "ready"; catalogue: Catalogue };

/** How often the page looks whether a worker has come up. */
const STARTING_POLL = 1500;
/** Parts of the request that have a place of their own to say what is wrong with them. */
const PLACED = ["text", "source_ids", "sources", "methods", "models", "reading", "generate"];

@customElement("tessera-ask")
export class Ask extends LitElement {
  static override styles = [base, askStyles];

  @state() private known: Known = { kind: "loading" };
  @state() private runs: readonly RunSummary[] = [];
  @state() private draft: Draft = loadDraft();
  @state() private problem: Problem | null = null;
  @state() private sending = false;
  @state() private valid = true;
  @query("tessera-ask-input") private input!: AskInput;
  private poll: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new Shortcuts(this, () => [
      { id: "ask.run", label: t("ask.run"), group: "run", run: () => void this.submit() },
      { id: "ask.text", label: t("ask.text"), group: "go", run: () => this.input.focus() },
    ]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    void myRuns().then(
      (runs) => (this.runs = runs),
      () => undefined,
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.poll);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("draft")) saveDraft(this.draft);
  }

  protected override render(): TemplateResult {
    return html`<tessera-shell>
      <div class="ask" @keydown=${this.shortcut}>
        <h1>${t("ask.title")}</h1>
        <tessera-tour-offer></tessera-tour-offer>
        <tessera-ask-input
          .text=${this.draft.text}
          .picture=${this.draft.picture}
          .file=${this.draft.file}
          .limits=${this.known.kind === "ready" ? this.known.catalogue.limits : null}
          .problem=${concerns(this.problem, "text", "source_ids", "sources") ? this.note() : nothing}
          @input-change=${({ changes }: InputChange) => this.change(changes)}
        ></tessera-ask-input>
        ${this.body()}
      </div>
    </tessera-shell>`;
  }

  private body(): TemplateResult {
    switch (this.known.kind) {
      case "loading":
        return html`<p class="muted" role="status">${t("loading")}</p>`;
      case "failed":
        return html`${problemNote(this.known.problem)}`;
      case "ready":
        return this.questions(this.known.catalogue);
    }
  }

  private questions(all: Catalogue): TemplateResult {
    const kinds = kindsOf(this.draft);
    const methods = chosenMethods(this.draft, all);
    const models = chosenModels(this.draft, all);
    const asked = all.models.filter(({ key }) => models.includes(key));
    const starting = !all.methods.some(({ available }) => available);
    return html`
      <tessera-ask-questions
        .methods=${all.methods}
        .chosen=${methods}
        .kinds=${kinds}
        .asked=${asked}
        .models=${all.models}
        @methods-change=${({ methods: chosen }: MethodsChange) => this.change({ methods: chosen })}
      ></tessera-ask-questions>
      ${concerns(this.problem, "methods") && (parameterOf(this.problem) ?? roleOf(this.problem)) === null ? this.note() : nothing}
      ${
        kinds.length > 0 && methods.some(({ needs_model: needed }) => needed)
          ? html`<section>
              <h2>${t("ask.model")}</h2>
              <tessera-ask-models
                .models=${all.models}
                .methods=${methods}
                .kinds=${kinds}
                .chosen=${models}
                @models-change=${({ models: chosen, leaving }: ModelsChange) =>
                  this.change(choosing(this.draft, chosen, leaving, all))}
              ></tessera-ask-models>
              ${concerns(this.problem, "models") ? this.note() : nothing}
              <tessera-ask-roles
                .methods=${methods}
                .asked=${asked}
                .models=${all.models}
                .roles=${this.draft.roles}
                .problem=${this.problem}
                @roles-change=${({ roles }: RolesChange) => this.change({ roles })}
              ></tessera-ask-roles>
            </section>`
          : nothing
      }
      ${
        kinds.length > 0
          ? html`<tessera-ask-options
              .draft=${this.draft}
              .methods=${methods}
              .asked=${asked}
              .models=${all.models}
              .tokenizers=${all.tokenizers}
              .problem=${this.problem}
              @options-change=${({ changes, valid }: OptionsChange) => {
                this.valid = valid;
                this.change(changes);
              }}
            ></tessera-ask-options>`
          : nothing
      }
      ${this.send(all, starting)}
    `;
  }

  private send(all: Catalogue, starting: boolean): TemplateResult {
    return html`
      <div class="run">
        <button class="primary" ?disabled=${this.sending || starting} @click=${this.submit}>
          ${t(this.sending ? "ask.sending" : "ask.run")}
        </button>
        ${
          starting
            ? html`<span class="muted" role="status">${t("ask.starting")}</span>`
            : html`<tessera-ask-estimate
                .request=${this.valid ? wholeRequest(this.draft, all) : null}
              ></tessera-ask-estimate>`
        }
        ${this.problem !== null && !concerns(this.problem, ...PLACED) ? this.note() : nothing}
      </div>
      <tessera-ask-samples
        .samples=${all.samples}
        .runs=${this.runs}
        .methods=${all.methods}
        .ready=${!starting}
      ></tessera-ask-samples>
    `;
  }

  private note(): TemplateResult | typeof nothing {
    return problemNote(this.problem, this.cutButton());
  }

  private cutButton(): TemplateResult | typeof nothing {
    if (this.problem === null || problemId(this.problem) !== "text-too-long") return nothing;
    const { limit, value } = this.problem;
    if (limit === null || value === null || value <= limit) return nothing;
    const text = cutTo(this.draft.text, limit, value);
    return html`<p>
      <button @click=${() => this.change({ text })}>${count("ask.cut", Array.from(text).length)}</button>
    </p>`;
  }

  private change(changes: Partial<Draft>): void {
    this.draft = { ...this.draft, ...changes };
    this.problem = null;
  }

  private readonly shortcut = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.submit();
  };

  private readonly submit = async (): Promise<void> => {
    if (this.known.kind !== "ready" || this.sending) return;
    this.problem = this.check(this.known.catalogue);
    if (this.problem !== null) return;
    this.sending = true;
    try {
      const run = await createRun(requestOf(this.draft, this.known.catalogue));
      location.assign(run.url);
    } catch (error) {
      this.problem = asProblem(error);
    }
    this.sending = false;
  };

  /** What can be seen from here; everything else is the server's to refuse. */
  private check(all: Catalogue): Problem | null {
    const said = (field: string, title: string, detail: string): Problem => ({
      ...{ type: "/problems/incomplete", status: 422, limit: null, value: null },
      ...{ field, title, detail },
    });
    if (kindsOf(this.draft).length === 0) {
      this.input.focus();
      return said("text", t("ask.nothing"), t("ask.nothing-how"));
    }
    if (chosenMethods(this.draft, all).length === 0)
      return said("methods", t("ask.no-question"), t("ask.no-question-how"));
    return this.valid ? null : said("", t("ask.bounds"), t("ask.bounds-how"));
  }

  private async load(): Promise<void> {
    try {
      const known = await catalogue();
      this.known = { kind: "ready", catalogue: known };
      if (!known.methods.some(({ available }) => available)) this.lookAgain();
    } catch (error) {
      if (this.known.kind !== "ready") this.known = { kind: "failed", problem: asProblem(error) };
      this.lookAgain();
    }
  }

  private lookAgain(): void {
    this.poll = setTimeout(() => void this.load(), STARTING_POLL);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ask": Ask;
  }
}
