/** A continuation while it is generated: each token coloured, as it comes, by how unexpected it was. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { JobState, ModelEntry } from "../contract";
import { lengthOf, type ReadyRun, type StreamedPart } from "../state/run";
import { count, number, percent } from "../theme/format";
import { place, type ColourScale } from "../theme/scales";
import { base, tile } from "../theme/styles";
import { stripStyles } from "../marks/strip-styles";
import { t } from "../text";

/** ln 1000: a token of one in a thousand has the full colour. */
const SCALE: ColourScale = { kind: "sequential", low: 0, high: Math.log(1000) };

@customElement("tessera-stream")
export class Stream extends LitElement {
  static override styles = [
    base,
    tile,
    stripStyles,
    css`
      .prompt {
        color: var(--muted);
      }
      .read {
        margin-block-end: 0.6rem;
      }
      .cursor {
        color: var(--accent);
      }
      @media (prefers-reduced-motion: no-preference) {
        .tile {
          animation: come 240ms ease-out;
        }
        @keyframes come {
          from {
            opacity: 0;
          }
        }
      }
    `,
  ];

  @property() prompt = "";
  /** Whether the continuation is a text of its own, below the one that is read. */
  @property({ type: Boolean }) apart = false;
  @property({ attribute: false }) parts: readonly StreamedPart[] = [];

  protected override render(): TemplateResult {
    const prompt = html`<span class="prompt">${this.prompt}</span>`;
    const parts = this.parts.map((part, index) => this.stretch(part, index));
    // The paragraph keeps white space, so nothing may stand between its parts.
    // prettier-ignore
    return html`${this.apart ? html`<p class="strip paragraph read" dir="auto">${prompt}</p>` : nothing}
      <p class="strip paragraph" dir="auto">${this.apart ? nothing : prompt}${parts}<span class="cursor">▍</span></p>
      <p class="small muted" role="status">
        ${count("stream.so-far", lengthOf(this.parts))}
      </p>`;
  }

  private stretch({ text, probability, tokens }: StreamedPart, index: number): TemplateResult {
    const surprisal = probability === null ? NaN : -Math.log(probability);
    const at = probability === null ? 0 : place(SCALE, surprisal);
    const title =
      probability === null
        ? count("count.tokens", tokens)
        : t("stream.token", { probability: percent(probability), surprisal: number(surprisal) });
    const starts = index === 0 && !this.apart ? "starts" : "";
    const unknown = probability === null ? "missing" : "";
    // prettier-ignore
    return html`<span class="tile generated ${starts} ${unknown}" style="--place: ${at}" title=${title}>${text}</span>`;
  }
}

/** The continuation of a job while nothing of it can be drawn yet. */
export function streaming(
  job: JobState,
  { state: run, streams }: ReadyRun,
  models: readonly ModelEntry[],
): TemplateResult | typeof nothing {
  const drawn = run.results.some((result) => result.job === job.id && result.state === "done");
  const parts = streams[job.id] ?? [];
  const silent = run.generate === null && parts.length === 0;
  if (silent || job.model === null || drawn || job.state !== "running" || job.targets.length > 0) return nothing;
  const prompt = run.sources.find(({ kind }) => kind === "text")?.text ?? "";
  const model = models.find(({ key }) => key === job.model);
  return html`<section class="stream">
    <tessera-stream
      .prompt=${prompt}
      .parts=${parts}
      .apart=${model?.abilities.includes("sequence_to_sequence") === true}
    ></tessera-stream>
  </section>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-stream": Stream;
  }
}
