/** The four questions, and for each the methods that answer it. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Lens, MethodEntry } from "../contract";
import { defaultMethod, LENSES, methodsFor, type Kind } from "../forms/fit";
import { base } from "../theme/styles";

export class MethodsChange extends Event {
  static readonly type = "methods-change";
  constructor(readonly methods: readonly string[]) {
    super(MethodsChange.type);
  }
}

@customElement("tessera-ask-questions")
export class AskQuestions extends LitElement {
  static override styles = [
    base,
    css`
      .questions {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
        gap: 0.75rem;
      }
      .question {
        border: 1px solid var(--line);
        border-radius: 0.6rem;
        background: var(--raised);
      }
      .question.on {
        border-color: var(--accent);
      }
      .question > button {
        display: block;
        inline-size: 100%;
        min-block-size: 100%;
        padding: 0.75rem 0.9rem;
        border: 0;
        border-radius: 0.6rem;
        background: none;
        text-align: start;
      }
      .question.on > button {
        min-block-size: 0;
      }
      .question.away {
        opacity: 0.55;
      }
      .title {
        font-weight: 620;
      }
      .on .title::before {
        content: "✓ ";
        color: var(--accent);
      }
      ul {
        padding: 0 0.9rem 0.8rem;
        display: grid;
        gap: 0.35rem;
      }
      li label {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0 0.5rem;
        align-items: baseline;
        cursor: pointer;
      }
      li .small {
        grid-column: 2;
        line-height: 1.4;
      }
      input {
        accent-color: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) methods: readonly MethodEntry[] = [];
  @property({ attribute: false }) chosen: readonly MethodEntry[] = [];
  @property({ attribute: false }) kinds: readonly Kind[] = [];

  protected override render(): TemplateResult {
    return html`<div class="questions" role="group" aria-label="Questions">
      ${LENSES.map(({ lens, question, short }) => this.question(lens, question, short))}
    </div>`;
  }

  private question(lens: Lens, question: string, short: string): TemplateResult {
    const offered = methodsFor(this.methods, lens, this.kinds);
    const on = this.chosen.some((method) => method.lens === lens);
    const empty = offered.length === 0 && this.kinds.length > 0;
    return html`<div class="question ${on ? "on" : ""} ${empty ? "away" : ""}">
      <button aria-pressed=${on} ?disabled=${empty} @click=${() => this.toggleLens(lens, offered)}>
        <span class="title">${question}</span><br />
        <span class="small muted">${empty ? `nothing here asks this of ${this.nameKinds()}` : short}</span>
      </button>
      ${
        on
          ? html`<ul>
              ${offered.map((method) => this.method(method))}
            </ul>`
          : nothing
      }
    </div>`;
  }

  private method(method: MethodEntry): TemplateResult {
    const why = method.missing ?? (method.available ? null : "no worker that knows it is running");
    return html`<li>
      <label>
        <input
          type="checkbox"
          .checked=${this.chosen.includes(method)}
          ?disabled=${why !== null}
          @change=${() => this.toggle(method)}
        />
        <span>${method.name}</span>
        <span class="small muted">${why ?? method.summary}</span>
      </label>
    </li>`;
  }

  private nameKinds(): string {
    return this.kinds.map((kind) => (kind === "image" ? "a picture" : "a text")).join(" with ");
  }

  private toggleLens(lens: Lens, offered: readonly MethodEntry[]): void {
    const others = this.chosen.filter((method) => method.lens !== lens);
    const first = defaultMethod(offered);
    const asked = others.length < this.chosen.length || first === undefined ? others : [...others, first];
    this.announce(asked);
  }

  private toggle(method: MethodEntry): void {
    const without = this.chosen.filter((other) => other !== method);
    this.announce(without.length < this.chosen.length ? without : [...without, method]);
  }

  private announce(methods: readonly MethodEntry[]): void {
    this.dispatchEvent(new MethodsChange(methods.map(({ key }) => key)));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ask-questions": AskQuestions;
  }
}
