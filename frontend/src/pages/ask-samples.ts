/** Worked questions and samples that are one click away, and the runs of before. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { createRun, gallery, uploadSource } from "../api";
import { asProblem } from "../api/client";
import type { MethodEntry, Problem, RunSummary, Sample, WorkedQuestion } from "../contract";
import { methodName } from "../forms/cards";
import { t, told } from "../text";
import { moment } from "../theme/format";
import { base } from "../theme/styles";
import { galleryList, galleryStyles } from "./gallery-card";
import { problemNote } from "./problem";

/** So many worked questions are shown before one asks for all. */
const FEW = 4;

@customElement("tessera-ask-samples")
export class AskSamples extends LitElement {
  static override styles = [
    base,
    galleryStyles,
    css`
      :host {
        display: grid;
        gap: 2.5rem;
      }
      h2 {
        font-size: 1rem;
        margin-block-end: 0.75rem;
      }
      .all {
        margin-block-start: 0.6rem;
        font-size: 0.9375rem;
      }
      .problem {
        margin-block-end: 0.75rem;
      }
      .samples {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 15.5rem), 1fr));
        gap: 0.75rem;
      }
      .samples button {
        display: flex;
        gap: 0.75rem;
        inline-size: 100%;
        block-size: 100%;
        padding: 0.75rem 0.9rem;
        border-radius: 0.6rem;
        text-align: start;
        align-items: flex-start;
      }
      .samples img {
        inline-size: 3.5rem;
        block-size: 3.5rem;
        object-fit: cover;
        border-radius: 0.25rem;
        image-rendering: pixelated;
      }
      .title {
        font-weight: 600;
        line-height: 1.35;
      }
      .excerpt {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        color: var(--muted);
        font-size: 0.875rem;
        line-height: 1.4;
        unicode-bidi: plaintext;
      }
      .runs li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 1rem;
        padding-block: 0.45rem;
        border-block-end: 1px solid var(--line);
      }
      .runs a {
        display: flex;
        gap: 0.6rem;
        align-items: center;
        min-inline-size: 0;
        color: var(--ink);
        text-decoration: none;
      }
      .runs a:hover .label {
        text-decoration: underline;
      }
      .runs img {
        inline-size: 1.6rem;
        block-size: 1.6rem;
        object-fit: cover;
        border-radius: 0.2rem;
      }
      .label {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        unicode-bidi: plaintext;
      }
    `,
  ];

  @property({ attribute: false }) samples: readonly Sample[] = [];
  @property({ attribute: false }) runs: readonly RunSummary[] = [];
  @property({ attribute: false }) methods: readonly MethodEntry[] = [];
  @property({ type: Boolean }) ready = false;
  @state() private worked: readonly WorkedQuestion[] = [];
  @state() private starting: string | null = null;
  @state() private problem: Problem | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    gallery().then(
      (questions) => (this.worked = questions),
      () => undefined, // Samples and runs do without.
    );
  }

  protected override render(): TemplateResult {
    return html`
      ${this.worked.length === 0 ? nothing : this.questions(this.worked)}
      ${
        this.samples.length === 0
          ? nothing
          : html`<section>
              <h2>${t("samples.title")}</h2>
              ${problemNote(this.problem)}
              <ul class="samples">
                ${this.samples.map((sample) => html`<li>${this.sample(sample)}</li>`)}
              </ul>
            </section>`
      }
      ${
        this.runs.length === 0
          ? nothing
          : html`<section>
              <h2>${t("samples.runs")}</h2>
              <ul class="runs">
                ${this.runs.slice(0, 12).map((run) => html`<li>${this.run(run)}</li>`)}
              </ul>
            </section>`
      }
    `;
  }

  private questions(worked: readonly WorkedQuestion[]): TemplateResult {
    return html`<section>
      <h2>${t("gallery.title")}</h2>
      ${galleryList(worked.slice(0, FEW))}
      <p class="all"><a href="/gallery">${t("gallery.all", { count: worked.length })}</a></p>
    </section>`;
  }

  private sample(sample: Sample): TemplateResult {
    return html`<button ?disabled=${!this.ready || this.starting !== null} @click=${() => this.start(sample)}>
      ${sample.image_url === null ? nothing : html`<img src=${sample.image_url} alt="" loading="lazy" />`}
      <span>
        <span class="title"
          >${this.starting === sample.id ? t("samples.starting") : told(`samples.${sample.id}.title`, sample.title)}</span
        >
        <span class="excerpt">${sample.text ?? ""}</span>
      </span>
    </button>`;
  }

  private run({ url, label, thumbnail, created, methods, state }: RunSummary): TemplateResult {
    const names = methods.map((key) => {
      const method = this.methods.find((one) => one.key === key);
      return method ? methodName(method) : key;
    });
    return html`<a href=${url}>
        ${thumbnail === null ? nothing : html`<img src=${thumbnail} alt="" loading="lazy" />`}
        <span class="label">${label}</span>
      </a>
      <span class="small muted"
        >${names.slice(0, 2).join(", ")}${names.length > 2 ? " …" : ""} ·
        ${state === "done" ? moment(created) : told(`state.${state}`, state)}</span
      >`;
  }

  private async start(sample: Sample): Promise<void> {
    this.starting = sample.id;
    this.problem = null;
    try {
      const { text, generate, request } = sample;
      const run = await createRun({ ...request, text, generate, source_ids: await sourceIds(sample) });
      location.assign(`${run.url}?sample=${encodeURIComponent(sample.id)}`);
    } catch (error) {
      this.problem = asProblem(error);
      this.starting = null;
    }
  }
}

async function sourceIds({ image_url: url }: Sample): Promise<string[]> {
  if (url === null) return [];
  const picture = await (await fetch(url)).blob();
  return [(await uploadSource(picture)).id];
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ask-samples": AskSamples;
  }
}
