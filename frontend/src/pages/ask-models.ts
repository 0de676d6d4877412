/** Which models to ask: those that fit can be chosen, the others say why not. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { MethodEntry, ModelEntry } from "../contract";
import { methodName } from "../forms/cards";
import { misfit, suits, type Kind } from "../forms/fit";
import { t } from "../text";
import { count, number } from "../theme/format";
import { base } from "../theme/styles";

export class ModelsChange extends Event {
  static readonly type = "models-change";
  /** With other models, `leaving` are the methods that these cannot be asked. */
  constructor(
    readonly models: readonly string[],
    readonly leaving: readonly MethodEntry[] = [],
  ) {
    super(ModelsChange.type);
  }
}

@customElement("tessera-ask-models")
export class AskModels extends LitElement {
  static override styles = [
    base,
    css`
      .models {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin-block-start: 0.4rem;
      }
      label {
        display: flex;
        gap: 0.5rem;
        align-items: baseline;
        padding: 0.4rem 0.8rem;
        border: 1px solid var(--line);
        border-radius: 0.5rem;
        background: var(--raised);
        cursor: pointer;
      }
      label:has(:checked) {
        border-color: var(--accent);
      }
      input {
        accent-color: var(--accent);
      }
      details {
        margin-block-start: 0.6rem;
      }
      details li {
        margin-block-start: 0.25rem;
      }
      details button {
        min-block-size: 1.7rem;
        padding: 0 0.5rem;
        color: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) models: readonly ModelEntry[] = [];
  @property({ attribute: false }) methods: readonly MethodEntry[] = [];
  @property({ attribute: false }) kinds: readonly Kind[] = [];
  @property({ attribute: false }) chosen: readonly string[] = [];

  protected override render(): TemplateResult {
    const judged = this.models.map((model) => ({ model, why: misfit(model, this.kinds, this.methods) }));
    const fitting = judged.filter(({ why }) => why === null);
    const others = judged.filter(({ why }) => why !== null);
    return html`
      ${
        fitting.length === 0
          ? html`<p class="problem">${t("ask.no-model")}</p>`
          : html`<div class="models">${fitting.map(({ model }) => this.model(model))}</div>`
      }
      ${
        others.length === 0
          ? nothing
          : html`<details class="small" ?open=${fitting.length === 0}>
              <summary>${count("ask.unfit-models", others.length)}</summary>
              <ul>
                ${others.map(
                  ({ model, why }) =>
                    html`<li>
                      <strong>${model.name}</strong>: <span class="muted">${why}</span> ${this.instead(model)}
                    </li>`,
                )}
              </ul>
            </details>`
      }
    `;
  }

  private model({ key, name, summary, parameters, context }: ModelEntry): TemplateResult {
    const size = parameters >= 1e5 ? `${number(parameters / 1e6)} M` : number(parameters);
    return html`<label title=${summary}>
      <input type="checkbox" .checked=${this.chosen.includes(key)} @change=${() => this.toggle(key)} />
      <span>${name}</span>
      ${key === name ? nothing : html`<code class="muted">${key}</code>`}
      <span class="small muted"
        >${t("ask.parameters", { size })}${context === null ? "" : `, ${count("count.tokens", context)}`}</span
      >
    </label>`;
  }

  /** A model that reads the input can be asked, without the methods that it cannot answer. */
  private instead(model: ModelEntry): TemplateResult | typeof nothing {
    if (misfit(model, this.kinds, []) !== null) return nothing;
    const leaving = this.methods.filter((method) => !suits(model, method));
    const names = leaving.map(methodName).join(", ");
    return html`<button class="quiet" @click=${() => this.dispatchEvent(new ModelsChange([model.key], leaving))}>
      ${t("ask.instead", { names })}
    </button>`;
  }

  private toggle(key: string): void {
    const without = this.chosen.filter((other) => other !== key);
    const next = without.length < this.chosen.length ? without : [...without, key];
    this.dispatchEvent(new ModelsChange(next.length === 0 ? [key] : next));
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ask-models": AskModels;
  }
}
