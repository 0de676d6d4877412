/** The four questions, and for each the methods that answer it. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Lens, MethodEntry, ModelEntry } from "../contract";
import { defaultMethods, LENSES, methodsFor, unfit, type Kind } from "../forms/fit";
import { t } from "../text";
import { base } from "../theme/styles";
import type { MethodToggle } from "./ask-methods";
import "./ask-methods";

const KINDS: Readonly<Record<Kind, string>> = {
  text: t("questions.text"),
  image: t("questions.image"),
  table: t("questions.table"),
  logprobs: t("questions.logprobs"),
};

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
    `,
  ];

  @property({ attribute: false }) methods: readonly MethodEntry[] = [];
  @property({ attribute: false }) chosen: readonly MethodEntry[] = [];
  @property({ attribute: false }) kinds: readonly Kind[] = [];
  /** The models that are asked, and all that there are. */
  @property({ attribute: false }) asked: readonly ModelEntry[] = [];
  @property({ attribute: false }) models: readonly ModelEntry[] = [];

  protected override render(): TemplateResult {
    const asked = LENSES.filter(({ lens }) => this.chosen.some((method) => method.lens === lens));
    return html`<div class="questions" role="group" aria-label=${t("questions.label")}>
        ${LENSES.map(({ lens, question, short }) => this.question(lens, question, short))}
      </div>
      ${asked.map(
        ({ lens, question }) =>
          html`<tessera-ask-methods
            .question=${question}
            .methods=${methodsFor(this.methods, lens, this.kinds)}
            .chosen=${this.chosen}
            .asked=${this.asked}
            .models=${this.models}
            @method-toggle=${({ method }: MethodToggle) => this.toggle(method)}
          ></tessera-ask-methods>`,
      )}`;
  }

  private question(lens: Lens, question: string, short: string): TemplateResult {
    const offered = methodsFor(this.methods, lens, this.kinds);
    const on = this.chosen.some((method) => method.lens === lens);
    const empty = offered.length === 0 && this.kinds.length > 0;
    return html`<button aria-pressed=${on} ?disabled=${empty} @click=${() => this.toggleLens(lens, offered)}>
      <span class="title">${question}</span>
      <span class="small muted">${empty ? t("questions.none", { kinds: this.nameKinds() }) : short}</span>
    </button>`;
  }

  private nameKinds(): string {
    return this.kinds.map((kind) => KINDS[kind]).join(t("questions.with"));
  }

  private toggleLens(lens: Lens, offered: readonly MethodEntry[]): void {
    const others = this.chosen.filter((method) => method.lens !== lens);
    const off = others.length < this.chosen.length;
    const able = offered.filter((method) => unfit(method, this.asked, this.models) === null);
    this.announce(off ? others : [...others, ...defaultMethods(able.length > 0 ? able : offered)]);
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
