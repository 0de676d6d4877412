/** What was asked: the input, the models, how it was read; the right answer where it is known. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { ModelEntry, RunState, Sample, SourceState } from "../contract";
import { rich, t } from "../text";
import { count, moment } from "../theme/format";
import { base } from "../theme/styles";
import { fileStyles, isFile, sourceFile } from "./source-file";
import { offsets, slice } from "../tokens/offsets";

@customElement("tessera-run-header")
export class RunHeader extends LitElement {
  static override styles = [
    base,
    fileStyles,
    css`
      :host {
        display: grid;
        gap: 0.8rem;
      }
      .input {
        display: flex;
        flex-wrap: wrap;
        gap: 1.25rem;
        align-items: flex-start;
      }
      img {
        inline-size: 9rem;
        max-block-size: 12rem;
        object-fit: contain;
        border-radius: 0.4rem;
      }
      img.tiny {
        image-rendering: pixelated;
      }
      blockquote {
        margin: 0;
        padding-block-end: 0.4em;
        flex: 1 1 20rem;
        max-inline-size: 72ch;
        max-block-size: 12.5rem;
        overflow: auto;
        font-size: 1.125rem;
        line-height: 1.6;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
      }
      mark {
        color: inherit;
        background: none;
        text-decoration: underline 2px wavy color-mix(in oklab, var(--ink) 60%, transparent);
        text-underline-offset: 0.3em;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 1.1rem;
        font-size: 0.875rem;
        color: var(--muted);
      }
      .truth {
        padding: 0.6rem 0.9rem;
        border-radius: 0.5rem;
        background: var(--sunken);
        font-size: 0.9375rem;
        justify-self: start;
      }
    `,
  ];

  @property({ attribute: false }) run!: RunState;
  @property({ attribute: false }) models: readonly ModelEntry[] = [];
  @property({ attribute: false }) sample: Sample | null = null;
  @property() note = "";

  protected override render(): TemplateResult {
    return html`
      <h1 class="hidden-visually">${t("palette.run")}</h1>
      ${this.note === "" ? nothing : html`<p class="muted">${this.note}</p>`}
      <div class="input">${this.run.sources.map((source) => this.source(source))}</div>
      ${this.truth()}
      <div class="facts">${this.facts().map((fact) => html`<span>${fact}</span>`)}</div>
    `;
  }

  private source(source: SourceState): TemplateResult {
    const { kind, url, width, text } = source;
    if (isFile(source)) return sourceFile(source);
    if (kind === "image")
      return html`<img src=${url ?? ""} class=${(width ?? 0) < 128 ? "tiny" : ""} alt=${t("run.picture")} />`;
    // The quotation keeps white space, so nothing may stand around its text.
    // prettier-ignore
    return html`<blockquote dir="auto" tabindex="0" aria-label=${t("run.text")}>${this.marked(text ?? "")}</blockquote>`;
  }

  /** The text with the deciding words underlined, where a sample knows them. */
  private marked(text: string): unknown {
    const deciding = this.sample?.text === text ? (this.sample.truth?.deciding ?? []) : [];
    if (deciding.length === 0) return text;
    const counted = offsets(text);
    let from = 0;
    const parts = deciding
      .toSorted(([one], [other]) => one - other)
      .map(([start, end]) => {
        const before = slice(text, counted, from, start);
        from = end;
        return html`${before}<mark>${slice(text, counted, start, end)}</mark>`;
      });
    return html`${parts}${slice(text, counted, from, counted.utf16.length - 1)}`;
  }

  private truth(): TemplateResult | typeof nothing {
    const truth = this.sample?.truth;
    const answer = truth?.answer ?? truth?.label;
    if (answer == null) return nothing;
    const decided = (truth?.deciding.length ?? 0) > 0 ? ` ${t("run.decided")}` : "";
    const parts = { answer, b: (inside: readonly unknown[]) => html`<strong>${inside}</strong>` };
    return html`<p class="truth">${rich("run.right", parts)}${decided}</p>`;
  }

  private facts(): string[] {
    const { reading, generate, jobs, created } = this.run;
    const keys = [...new Set(jobs.flatMap(({ model }) => model ?? []))];
    return [
      ...keys.map((key) => this.models.find((model) => model.key === key)?.name ?? key),
      ...(reading.bos && reading.bos !== "auto" ? [t("run.bos", { bos: reading.bos })] : []),
      ...(reading.special_text === "parse" ? [t("run.special")] : []),
      ...(reading.template === "chat" ? [t("run.chat")] : []),
      ...(generate ? [count("run.goes-on", generate.max_new_tokens ?? 20, { drawn: drawn(generate) })] : []),
      moment(created),
    ];
  }
}

/** What a run is called in a list of tabs. */
export function titleOf({ sources }: Pick<RunState, "sources">): string {
  const named = sources.find(({ name }) => name !== "")?.name;
  const text = sources.find(({ kind }) => kind === "text")?.text ?? named ?? t("run.a-picture");
  return text.length > 40 ? `${text.slice(0, 40)} …` : text;
}

const drawn = ({ do_sample: sampled, seed }: NonNullable<RunState["generate"]>): string =>
  sampled ? t("run.sampled", { seed: String(seed ?? 0) }) : t("run.greedy");

declare global {
  interface HTMLElementTagNameMap {
    "tessera-run-header": RunHeader;
  }
}
