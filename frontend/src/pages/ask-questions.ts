/** The four questions, and for each the methods that answer it. */
import { css, html, LitElement, type TemplateResult } from "lit";
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
      :host {
        display: grid;
        gap: 1.25rem;
      }
      .questions {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
        gap: 0.75rem;
      }
      .questions button {
        display: flex;
        flex-direction: column;
        gap: 0.15rem;
        padding: 0.75rem 0.9rem;
        border-radius: 0.6rem;
        text-align: start;
      }
      .questions button[aria-pressed="true"] {
        background: var(--raised);
        box-shadow: inset 0 0 0 1px var(--accent);
      }
      .questions button:disabled {
        opacity: 0.6;
        background: none;
      }
      .title {
        font-weight: 620;
        line-height: 1.3;
      }
      .small {
        line-height: 1.4;
      }
      legend {
        padding: 0;
        margin-block-end: 0.4rem;
        font-weight: 620;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr));
        gap: 0.6rem 1.5rem;
      }
      label {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0 0.5rem;
        align-items: baseline;
        cursor: pointer;
      }
      label .small {
        grid-column: 2;
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
    const asked = LENSES.filter(({ lens }) => this.chosen.some((method) => method.lens === lens));
    return html`<div class="questions" role="group" aria-label="Questions">
        ${LENSES.map(({ lens, question, short }) => this.question(lens, question, short))}
      </div>
      ${asked.map(
        ({ lens, question }) =>
          html`<fieldset>
            <legend>${question}</legend>
            <ul>
              ${methodsFor(this.methods, lens, this.kinds).map((method) => this.method(method))}
            </ul>
          </fieldset>`,
      )}`;
  }

  private question(lens: Lens, question: string, short: string): TemplateResult {
    const offered = methodsFor(this.methods, lens, this.kinds);
    const on = this.chosen.some((method) => method.lens === lens);
    const empty = offered.length === 0 && this.kinds.length > 0;
    return html`<button aria-pressed=${on} ?disabled=${empty} @click=${() => this.toggleLens(lens, offered)}>
      <span class="title">${question}</span>
      <span class="small muted">${empty ? `nothing here asks this of ${this.nameKinds()}` : short}</span>
    </button>`;
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
