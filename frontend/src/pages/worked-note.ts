/** On a run of the gallery: the question, what to look at, and the way to the answer to begin with. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { gallery } from "../api";
import type { MethodEntry, RunState, WorkedQuestion } from "../contract";
import { methodName } from "../forms/cards";
import { t } from "../text";
import { base } from "../theme/styles";
import { saidOf } from "./gallery-card";
import { GoTo } from "./run-nav";

/** The question of the gallery that the address names; null on other pages. */
export const askedHere = (): string | null => new URLSearchParams(location.search).get("question");

@customElement("tessera-worked-note")
export class WorkedNote extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      aside {
        margin-block-end: 1.25rem;
        display: grid;
        gap: 0.4rem;
        max-inline-size: 75ch;
        padding: 0.9rem 1.1rem;
        border-inline-start: 3px solid var(--accent);
        border-radius: 0 0.5rem 0.5rem 0;
        background: var(--sunken);
      }
      h1 {
        font-size: 1.25rem;
        font-weight: 640;
        line-height: 1.25;
      }
      h2 {
        font-size: 0.8125rem;
        color: var(--muted);
      }
      .links {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 1.25rem;
        align-items: center;
        font-size: 0.9375rem;
      }
      .links button {
        min-block-size: 2rem;
      }
    `,
  ];

  @property({ attribute: false }) run!: RunState;
  @property({ attribute: false }) methods: readonly MethodEntry[] = [];
  @state() private question: WorkedQuestion | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    gallery().then(
      (questions) => (this.question = questions.find(({ id }) => id === askedHere()) ?? null),
      () => undefined, // In a closed house the link leads here, but not to the gallery: the link's own note is shown.
    );
  }

  protected override render(): TemplateResult | typeof nothing {
    const { question } = this;
    if (question === null) return nothing;
    const result = this.run.results.find(({ method }) => method.key === question.look);
    const card = this.methods.find(({ key }) => key === question.look);
    return html`<aside aria-labelledby="title">
      <h1 id="title">${saidOf(question, "title")}</h1>
      <p>${saidOf(question, "question")}</p>
      <h2>${t("gallery.what")}</h2>
      <p>${saidOf(question, "note")}</p>
      <p class="links">
        ${
          result === undefined
            ? nothing
            : html`<button @click=${() => this.dispatchEvent(new GoTo(result.id))}>
                ${t("gallery.look", { method: card ? methodName(card) : question.look })}
              </button>`
        }
        <a href="/gallery">${t("gallery.title")}</a>
      </p>
    </aside>`;
  }
}

/** The note, on pages of the gallery; `go` leads to an answer. */
export function workedNote(
  run: RunState,
  methods: readonly MethodEntry[],
  go: (result: string) => void,
): TemplateResult | typeof nothing {
  if (askedHere() === null) return nothing;
  return html`<tessera-worked-note
    .run=${run}
    .methods=${methods}
    @go-to=${({ id }: GoTo) => go(id)}
  ></tessera-worked-note>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-worked-note": WorkedNote;
  }
}
