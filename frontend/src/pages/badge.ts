/** On a map of importance: whether it is better than random, in a word and a shape; opens the curves that say so. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { asProblem } from "../api/client";
import type { ChartPanel, Estimate, JobState, MethodEntry, Problem, Result, ResultState } from "../contract";
import { caveatOf } from "../forms/cards";
import { gradeOf, isMeasuring, isQuick, measurementOf, measuringRequest, type Grade } from "../state/believe";
import { isUnfinished } from "../state/run";
import { isImportance } from "../state/what-if";
import { Looking } from "../state/view";
import { t, told } from "../text";
import { about } from "../theme/expected";
import { count, percent, quantity, seconds } from "../theme/format";
import { base } from "../theme/styles";
import { chart } from "../views/chart";
import type { PanelContext } from "../views/context";
import { nameOf } from "./chapters";
import type { Known } from "./explaining";
import { problemNote } from "./problem";

const SHAPES = { better: "▲", "no-better": "◆", worse: "▼", silent: "◇" } as const;

/** By run, model and target, what measuring would cost: asked once. */
const estimates = new Map<string, Promise<Estimate | null>>();

/** What was measured without being asked for. */
const measured = new Set<string>();
/** How long a target has to be looked at before it is [ms]. */
const REST = 800;

@customElement("tessera-badge")
export class Badge extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .mark {
        display: inline-flex;
        align-items: baseline;
        gap: 0.45rem;
        min-block-size: 1.9rem;
        padding: 0.15rem 0.75rem;
        border-radius: 1rem;
        font-size: 0.875rem;
        text-align: start;
        font-variant-numeric: tabular-nums;
      }
      .mark.better {
        border-color: var(--accent);
      }
      .mark.unmeasured {
        border-style: dashed;
      }
      .shape {
        font-size: 0.75rem;
      }
      .better .shape {
        color: var(--accent);
      }
      .worse .shape {
        color: var(--danger);
      }
      .open {
        display: grid;
        gap: 0.9rem;
        margin-block-start: 0.6rem;
        padding: 0.9rem 1rem;
        border: 1px solid var(--line);
        border-radius: 0.6rem;
        background: var(--raised);
        min-inline-size: 0;
      }
      h4 {
        font-size: 0.9375rem;
      }
      p {
        max-inline-size: 65ch;
        font-size: 0.875rem;
      }
    `,
  ];

  @property({ attribute: false }) known!: Known;
  @property({ attribute: false }) state!: ResultState;
  @property({ attribute: false }) result!: Result;
  @property({ attribute: false }) job!: JobState;
  @property({ attribute: false }) context!: PanelContext;
  /** What measuring would cost, and which question that is about. */
  @state() private estimate: { question: string; cost: Estimate | null } | null = null;
  @state() private problem: Problem | null = null;
  @state() private sending = false;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private readonly look = new Looking(this, () => this.context.look);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.rest);
  }

  protected override updated(): void {
    clearTimeout(this.rest);
    if (this.measurement !== null || !this.known.run.mine) return;
    if (this.goesOn) this.rest = setTimeout(() => void this.measureOnce(), REST);
    else void this.expect();
  }

  /** Whether what is asked later is measured, too: the run's first question was, and all that this one asked has come. */
  private get goesOn(): boolean {
    const { run } = this.known;
    const own = run.jobs.filter(({ model }) => model === this.job.model).map(({ id }) => id);
    const began = run.results.some(({ method, job }) => isQuick(method) && own.includes(job));
    return began && !run.results.some((one) => one.job === this.job.id && isUnfinished(one));
  }

  protected override render(): TemplateResult {
    const one = this.measurement;
    return html`${one === null ? this.unmeasured() : this.measured(one)} ${problemNote(this.problem)}`;
  }

  private get measurement(): ResultState | null {
    return measurementOf(this.state.method, this.result, this.job, this.known);
  }

  private unmeasured(): TemplateResult {
    const request = this.known.run.mine ? measuringRequest(this.result, this.job, this.known) : null;
    if (request === null) return this.plain("○", t("believe.unmeasured"));
    const estimate = this.estimate?.question === this.question ? this.estimate.cost : null;
    const cost = estimate === null ? "" : costOf(estimate);
    const said = t(this.sending ? "believe.asking" : cost === "" ? "believe.measure" : "believe.measure-cost", {
      cost,
    });
    return html`<button class="mark unmeasured" ?disabled=${this.sending} @click=${() => void this.measure()}>
      <span class="shape" aria-hidden="true">○</span>${said}
    </button>`;
  }

  private measured(one: ResultState): TemplateResult {
    if (isMeasuring(one)) {
      const far = one.progress?.fraction;
      return this.plain("◌", far == null ? t("believe.measuring") : t("believe.measuring-far", { far: percent(far) }));
    }
    if (one.state === "failed") return html`${this.plain("○", t("believe.failed"))} ${problemNote(one.problem)}`;
    const found = this.known.fetched(one.id);
    const grade = gradeOf(found?.figures ?? one.figures, this.state.method.key, this.result.target);
    if (grade === null) return this.plain("○", t("believe.unmeasured"));
    const open = this.look.value.measured === true;
    return html`<button
        class="mark ${grade.verdict}"
        aria-expanded=${open}
        @click=${() => this.look.set({ measured: !open })}
      >
        <span class="shape" aria-hidden="true">${SHAPES[grade.verdict]}</span>${wordsOf(grade)}
      </button>
      ${open && found ? this.opened(grade, found, one) : nothing}`;
  }

  private plain(shape: string, words: string): TemplateResult {
    return html`<p class="mark muted" role="status"><span class="shape" aria-hidden="true">${shape}</span>${words}</p>`;
  }

  /** What it means in a sentence, when it means nothing, and the curves. */
  private opened(grade: Grade, result: Result, { id, seconds: took }: ResultState): TemplateResult {
    const { orders, units, moved } = result.figures;
    const charts = result.panels.filter((panel) => panel.kind === "chart");
    const curves = charts.filter(({ mark }) => mark === "line");
    return html`<section class="open" aria-label=${t("believe.curves")}>
      <p>${t("believe.means")}</p>
      ${grade.why === null ? nothing : html`<p><strong>${this.why(grade)}</strong></p>`}
      <p class="muted">
        ${t("believe.rests", {
          orders: orders?.value ?? 0,
          units: units?.value ?? 0,
          moved: quantity(moved?.value, moved?.unit ?? ""),
        })}
      </p>
      ${curves.map((panel) => chart(this.own(panel)))}
      <details>
        <summary class="small">${t("believe.all")}</summary>
        ${charts.map((panel) => (panel.mark === "line" ? nothing : chart(panel)))}
      </details>
      <p class="muted">
        ${caveatOf(result)} ${t("believe.took", { time: seconds(took ?? result.provenance.seconds) })}
        <a href=${this.known.api.download(id, "json")} download="fidelity.json">JSON</a>
      </p>
    </section>`;
  }

  /** Curves of this map alone, beside those of random orders. */
  private own(panel: ChartPanel): ChartPanel {
    const { key } = this.state.method;
    const series = panel.series.filter(({ label }) => [key, "random"].includes(label.split(":")[0] ?? ""));
    const named = series.map((line) => ({ ...line, label: line.label.replace(key, nameOf(key, this.known.methods)) }));
    return { ...panel, series: named };
  }

  private why({ why }: Grade): string {
    return why === null ? "" : t(`believe.why.${why}`);
  }

  /** One of the badges of a target asks for all of them. */
  private async measureOnce(): Promise<void> {
    const key = this.question;
    if (key === null || measured.has(key)) return;
    measured.add(key);
    await this.measure();
  }

  /** What measuring would ask, as a key. */
  private get question(): string | null {
    const request = measuringRequest(this.result, this.job, this.known);
    return request === null ? null : JSON.stringify([this.known.run.id, request]);
  }

  private async measure(): Promise<void> {
    const request = measuringRequest(this.result, this.job, this.known);
    if (request === null) return;
    this.problem = null;
    this.sending = true;
    try {
      await this.known.api.addJobs(request);
    } catch (error) {
      this.problem = asProblem(error);
    }
    await this.known.refresh();
    this.sending = false;
  }

  private async expect(): Promise<void> {
    const request = measuringRequest(this.result, this.job, this.known);
    const key = this.question;
    if (request === null || key === null || this.estimate?.question === key) return;
    const asked = estimates.get(key) ?? this.known.api.estimateJobs(request).catch(() => null);
    estimates.set(key, asked);
    const cost = await asked;
    if (key === this.question) this.estimate = { question: key, cost };
  }
}

function costOf({ passes, seconds: time }: Estimate): string {
  const counted = count("count.passes", Math.round(passes));
  return time === null ? counted : `${counted}, ${about(time.expected)}`;
}

/** The verdict in words, with its two shares. */
export function wordsOf({ verdict, deletion, insertion, why }: Grade): string {
  if (verdict === "silent") return told(`believe.silent.${why ?? ""}`, t("believe.silent"));
  return t(`believe.${verdict}`, { deletion: percent(deletion), insertion: percent(insertion) });
}

/** The badge of a result, where it is a map of importance. */
export function badge(
  card: MethodEntry | null,
  known: Known | null,
  parts: { state: ResultState; result: Result; job: JobState; context: PanelContext },
): TemplateResult | typeof nothing {
  if (card === null || known === null || !isImportance(card)) return nothing;
  return html`<tessera-badge
    .known=${known}
    .state=${parts.state}
    .result=${parts.result}
    .job=${parts.job}
    .context=${parts.context}
  ></tessera-badge>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-badge": Badge;
  }
}
