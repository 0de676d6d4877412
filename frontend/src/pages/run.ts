/** The page of a run: what was asked, and the answers as they come. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { createRun, RunApi } from "../api";
import { asProblem } from "../api/client";
import type { JobState, MethodEntry, ModelEntry, Problem, Result, RunRequest, RunState, Sample } from "../contract";
import { again } from "../state/again";
import { draftOf, saveDraft } from "../state/draft";
import type { Answering } from "../state/explain";
import type { ReadyRun } from "../state/run";
import { ViewStore } from "../state/view";
import { RunWatch } from "../state/watch";
import { t } from "../text";
import { installPage } from "../theme/page";
import type { PanelContext } from "../views/context";
import { Believing } from "./believing";
import { alternativesIn, branching, linksIn } from "./branching";
import { chaptersOf, entriesOf, nameOf, severalModels, type Chapter } from "./chapters";
import { Explaining, type Drawn, type Known } from "./explaining";
import { panelsOfPage } from "./others";
import { isFirstMap } from "./maps";
import { cutOffer, problemNote } from "./problem";
import { isGenerating, type ActionChosen } from "./run-actions";
import { runCatalogue } from "./run-catalogue";
import type { GoTo } from "./run-nav";
import { runStyles } from "./run-styles";
import type { ShareDialog } from "./share-dialog";
import { Viewing, type Viewed } from "./viewing";
import { embeddedRun } from "./run-embedded";
import { askedHere, workedNote } from "./worked-note";
import "./result-card";
import "./compare-here";
import "./comparison";
import "./copy-run";
import "./edit-prompt";
import "./run-actions";
import { titleOf } from "./run-header";
import "./run-nav";
import "./share-dialog";
import "./shell";
import { streaming } from "./stream";

@customElement("tessera-run")
export class RunPage extends LitElement {
  static override styles = runStyles;

  @property() api = "";
  @property() socket: string | null = null;
  @property() note = "";
  /** In a page of another site: nothing around the answers, which may be those of one method; that page stays untouched. */
  @property({ type: Boolean }) embedded = false;
  @property() method = "";
  @state() private methods: readonly MethodEntry[] = [];
  @state() private models: readonly ModelEntry[] = [];
  @state() private sample: Sample | null = null;
  @state() private problem: Problem | null = null;
  @query("tessera-share-dialog") private dialog!: ShareDialog;
  private watch: RunWatch | null = null;
  private readonly view = new ViewStore();
  private readonly viewing = new Viewing(this, this.view, () => this.viewed);
  private readonly explaining = new Explaining(this, this.view, () => this.known);
  private readonly believing = new Believing(this.view, this.explaining);

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.embedded) installPage();
    this.view.add(this);
    this.watch ??= new RunWatch(this, new RunApi(this.api), this.socket);
    if (this.shared) void this.viewing.restoreShared(this.watch.api);
    void this.loadCatalogue();
  }

  protected override updated(_changed: PropertyValues): void {
    const run = this.watch?.run;
    if (run?.kind === "ready" && !this.embedded) document.title = `${titleOf(run.state)} · Tessera`;
  }

  protected override render(): TemplateResult {
    return this.embedded ? html`${this.body()}` : html`<tessera-shell>${this.body()}</tessera-shell>`;
  }

  private body(): TemplateResult | typeof nothing {
    const run = this.watch?.run;
    switch (run?.kind) {
      case undefined:
      case "loading":
        return html`<p class="muted" role="status">${t("loading")}</p>`;
      case "failed":
        return html`${problemNote(this.embedded ? { ...run.problem, detail: t("embed.gone") } : run.problem)}`;
      case "ready":
        return this.embedded ? this.alone(run) : this.ready(run);
    }
  }

  private alone({ state }: ReadyRun): TemplateResult {
    return embeddedRun({
      ...{ chapters: chaptersOf(state, this.methods), method: this.method, only: this.view.value.only },
      ...{ note: this.viewing.note, api: this.api, card: (group: Answering) => this.card(group, state) },
    });
  }

  private ready(run: ReadyRun): TemplateResult {
    const chapters = chaptersOf(run.state, this.methods);
    return html`
      ${workedNote(run.state, this.methods, (id) => this.viewing.goTo(id))}
      <div class="top">
        <tessera-run-header
          .run=${run.state}
          .models=${this.models}
          .sample=${this.sample}
          .note=${askedHere() === null ? this.note : ""}
        ></tessera-run-header>
        ${
          run.state.mine
            ? html`<tessera-run-actions
                .run=${run.state}
                .generating=${isGenerating(run.state, run.streams, this.methods)}
                @action-chosen=${this.choose}
              ></tessera-run-actions>`
            : html`<tessera-copy-run .run=${run.state}></tessera-copy-run>`
        }
      </div>
      ${
        run.state.mine
          ? html`<tessera-edit-prompt .run=${run.state} .fetched=${this.fetched}></tessera-edit-prompt>`
          : nothing
      }
      ${problemNote(this.problem)}
      <p class="said" role="status" aria-live="polite">${this.explaining.said}</p>
      ${run.state.jobs.map((job) => streaming(job, run, this.models))} ${this.nav(chapters, run.state)}
      ${
        run.state.branch !== null && run.state.mine
          ? html`<tessera-comparison
              .run=${run.state}
              .fetched=${this.fetched}
              .known=${this.arrivals}
            ></tessera-comparison>`
          : nothing
      }
      <tessera-compare-here .base=${this.api} .view=${this.view}></tessera-compare-here>
      <div class="lenses">
        ${repeat(
          chapters,
          ({ title }) => title,
          (chapter) => this.believing.section(chapter, this.known, (group) => this.card(group, run.state)),
        )}
      </div>
      ${
        run.state.mine
          ? html`<tessera-share-dialog
              .api=${this.watch?.api}
              .shares=${run.state.shares}
              .changed=${() => void this.watch?.refresh()}
              .viewed=${() => this.viewing.current()}
              .cards=${chapters.flatMap(({ groups }) => groups.map((group) => [group.key, this.cardName(group)]))}
            ></tessera-share-dialog>`
          : nothing
      }
    `;
  }

  private readonly choose = ({ action }: ActionChosen): void => {
    const run = this.watch?.run;
    if (run?.kind !== "ready") return;
    switch (action.kind) {
      case "stop":
        return void this.act((api) => api.stop());
      case "cancel":
        return void this.act((api) => api.cancel());
      case "change":
        this.askAgain(run.state);
        break;
      case "again":
        return void this.start(again(run.state, action.seed));
      case "share":
        this.dialog.open();
    }
  };

  private nav(chapters: readonly Chapter[], run: RunState): TemplateResult | typeof nothing {
    const known = { run, fetched: this.fetched };
    const entries = entriesOf(chapters, run, (group) => this.explaining.chosen(group, known).result, this.methods);
    if (entries.flatMap((chapter) => chapter.entries).length < 3) return nothing;
    return html`<tessera-run-nav
      .chapters=${entries}
      @go-to=${({ id }: GoTo) => this.viewing.goTo(id)}
    ></tessera-run-nav>`;
  }

  private cardName({ job, results }: Answering): string {
    const name = nameOf(results[0]?.method.key ?? "", this.methods);
    return job.model === null ? name : `${name} · ${job.model}`;
  }

  private card(group: Answering, run: RunState): TemplateResult {
    const known = this.known;
    if (known === null) return html``;
    const drawn = this.explaining.chosen(group, known);
    const { result, next } = drawn;
    const job = run.jobs.find(({ id }) => id === result.job) ?? group.job;
    return html`<tessera-result-card
      id=${`result-${result.id}`}
      tabindex="-1"
      .state=${result}
      .job=${job}
      .run=${run}
      .slotted=${this.watch?.slots.get(result.id) ?? null}
      .card=${this.methods.find(({ key }) => key === result.method.key) ?? null}
      .catalogue=${{ methods: this.methods, models: this.models }}
      .api=${this.watch?.api}
      .next=${next}
      .view=${this.view}
      .key=${group.key}
      .known=${known}
      .keepsTries=${isFirstMap(group, known)}
      .context=${this.context(job, known, drawn)}
      .model=${severalModels(run) ? (job.model ?? "") : ""}
      .cut=${(problem: Problem) => cutOffer(problem, run, (text) => this.askAgain(run, text))}
    ></tessera-result-card>`;
  }

  private get shared(): boolean {
    return this.api.includes("/api/shares/");
  }

  private get viewed(): Viewed | null {
    if (this.watch?.run.kind !== "ready") return null;
    const { id, mine, results } = this.watch.run.state;
    const settled = this.arrivals >= results.filter(({ state }) => state === "done").length;
    return { mine: mine ? id : null, settled, embedded: this.embedded };
  }

  private get known(): Known | null {
    if (this.watch?.run.kind !== "ready") return null;
    const { api, refresh, run } = this.watch;
    return { api, refresh, run: run.state, methods: this.methods, models: this.models, fetched: this.fetched };
  }

  private context(job: JobState, known: Known, drawn: Drawn): Omit<PanelContext, "result" | "look"> {
    const { run } = known;
    return {
      ...{ sources: run.sources, truth: this.sample?.truth ?? null, ...this.explaining.part(known, job, drawn) },
      branch: branching(run, job, this.methods, (request) => void this.start(request)),
      alternatives: alternativesIn(run, job, this.fetched),
      links: linksIn(run, job, this.fetched),
      others: panelsOfPage(known, (group) => this.explaining.chosen(group, known).result),
    };
  }

  private async start(request: RunRequest): Promise<void> {
    this.problem = null;
    try {
      location.assign((await createRun(request)).url);
    } catch (error) {
      this.problem = asProblem(error);
      this.renderRoot.querySelector(".said")?.scrollIntoView({ block: "center" });
    }
  }

  /** How many results have come. */
  private get arrivals(): number {
    return [...(this.watch?.slots.values() ?? [])].filter(({ kind }) => kind === "ready").length;
  }

  private readonly fetched = (id: string): Result | null => {
    const slot = this.watch?.slots.get(id);
    return slot?.kind === "ready" ? slot.result : null;
  };

  private async act(action: (api: RunApi) => Promise<unknown>): Promise<void> {
    if (!this.watch) return;
    this.problem = null;
    try {
      await action(this.watch.api);
    } catch (error) {
      this.problem = asProblem(error);
    }
    await this.watch.refresh();
  }

  private askAgain(run: RunState, text?: string): void {
    const draft = draftOf(run);
    saveDraft(text === undefined ? draft : { ...draft, text });
    location.assign("/");
  }

  private async loadCatalogue(): Promise<void> {
    const id = this.embedded ? null : new URLSearchParams(location.search).get("sample");
    const found = await runCatalogue(this.shared ? this.api : "/api", id);
    [this.methods, this.models, this.sample] = [found.methods, found.models, found.sample];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-run": RunPage;
  }
}
