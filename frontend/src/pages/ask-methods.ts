/** The methods that answer one question: in groups by what they cost, with a search where they are many. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { MethodEntry, ModelEntry } from "../contract";
import { methodName, methodSummary } from "../forms/cards";
import { unfit } from "../forms/fit";
import { found, grouped, type CostGroup } from "../forms/groups";
import { t } from "../text";
import { count } from "../theme/format";
import { base } from "../theme/styles";
import type { GuideDialog } from "./guide-dialog";
import "./guide-dialog";

/** So many are seen at a glance; more are searched, and folded but for the quick ones. */
const FEW = 8;

export class MethodToggle extends Event {
  static readonly type = "method-toggle";
  constructor(readonly method: MethodEntry) {
    super(MethodToggle.type);
  }
}

@customElement("tessera-ask-methods")
export class AskMethods extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      legend {
        padding: 0;
        font-weight: 620;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 1rem;
        align-items: center;
        justify-content: space-between;
        margin-block-end: 0.5rem;
      }
      input[type="search"] {
        flex: 0 1 16rem;
        min-block-size: 2rem;
        padding: 0.2rem 0.7rem;
        border: 1px solid var(--line);
        border-radius: 0.4rem;
        background: var(--raised);
      }
      details {
        border-block-start: 1px solid var(--line);
      }
      summary {
        padding-block: 0.5rem;
      }
      summary strong {
        color: var(--ink);
        font-weight: 600;
      }
      summary .count {
        color: var(--accent);
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr));
        gap: 0.6rem 1.5rem;
      }
      details ul {
        padding-block: 0.15rem 0.9rem;
      }
      label {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0 0.5rem;
        align-items: baseline;
        cursor: pointer;
      }
      ul > li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.25rem;
        align-items: start;
      }
      details.small ul > li {
        display: list-item;
      }
      button.help {
        min-block-size: 1.6rem;
        inline-size: 1.6rem;
        padding: 0;
        border-color: var(--line);
        border-radius: 50%;
        font-size: 0.8125rem;
        line-height: 1;
        color: var(--muted);
      }
      label .small {
        grid-column: 2;
        line-height: 1.4;
      }
      .later {
        font-size: 0.78rem;
        color: var(--muted);
        border: 1px solid var(--line);
        border-radius: 0.3rem;
        padding: 0 0.3rem;
        margin-inline-start: 0.35rem;
        white-space: nowrap;
      }
      input[type="checkbox"] {
        accent-color: var(--accent);
      }
    `,
  ];

  @property() question = "";
  @property({ attribute: false }) methods: readonly MethodEntry[] = [];
  @property({ attribute: false }) chosen: readonly MethodEntry[] = [];
  /** The models that are asked, and all that there are. */
  @property({ attribute: false }) asked: readonly ModelEntry[] = [];
  @property({ attribute: false }) models: readonly ModelEntry[] = [];
  @state() private query = "";
  @query("tessera-guide-dialog") private guide!: GuideDialog;

  protected override render(): TemplateResult {
    const judged = this.methods.map((method) => ({ method, why: unfit(method, this.asked, this.models) }));
    const offered = judged.filter(({ method, why }) => why === null || this.chosen.includes(method));
    const others = judged.filter(({ method, why }) => why !== null && !this.chosen.includes(method));
    const many = this.methods.length > FEW;
    const methods = offered.map(({ method }) => method);
    return html`<fieldset>
      <legend class="hidden-visually">${this.question}</legend>
      <div class="head">
        <strong aria-hidden="true">${this.question}</strong>
        ${many ? this.search() : nothing}
      </div>
      ${
        this.query.trim() !== ""
          ? this.matching(methods)
          : many
            ? grouped(methods).map((group) => this.group(group))
            : this.list(methods)
      }
      ${others.length === 0 ? nothing : this.misfits(others)}
      <tessera-guide-dialog></tessera-guide-dialog>
    </fieldset>`;
  }

  private search(): TemplateResult {
    return html`<input
      type="search"
      placeholder=${t("methods-list.search", { count: this.methods.length })}
      aria-label=${t("methods-list.search-of", { question: this.question })}
      .value=${this.query}
      @input=${(event: Event) => (this.query = (event.target as HTMLInputElement).value)}
    />`;
  }

  private matching(methods: readonly MethodEntry[]): TemplateResult {
    const matching = found(methods, this.query.trim());
    return matching.length === 0
      ? html`<p class="small muted" role="status">${t("methods-list.nothing")}</p>`
      : this.list(matching);
  }

  private group({ cost, title, short, methods }: CostGroup): TemplateResult {
    const chosen = methods.filter((method) => this.chosen.includes(method)).length;
    return html`<details ?open=${cost === "quick" || chosen > 0}>
      <summary>
        <strong>${title}</strong>
        <span class="small">· ${short} · ${methods.length}</span>
        ${chosen > 0 ? html`<span class="small count">· ${t("methods-list.chosen", { count: chosen })}</span>` : nothing}
      </summary>
      ${this.list(methods)}
    </details>`;
  }

  private list(methods: readonly MethodEntry[]): TemplateResult {
    return html`<ul>
      ${methods.map((method) => this.method(method))}
    </ul>`;
  }

  private method(method: MethodEntry): TemplateResult {
    const name = methodName(method);
    return html`<li>
      <label>
        <input
          type="checkbox"
          .checked=${this.chosen.includes(method)}
          @change=${() => this.dispatchEvent(new MethodToggle(method))}
        />
        <span
          >${name}${method.background ? html`<span class="later" title=${t("methods-list.later-how")}>${t("methods-list.later")}</span>` : nothing}</span
        >
        <span class="small muted">${methodSummary(method)}</span>
      </label>
      <button
        class="help"
        aria-label=${t("guide.open", { method: name })}
        title=${t("guide.open", { method: name })}
        @click=${() => this.guide.open(method)}
      >
        ?
      </button>
    </li>`;
  }

  private misfits(others: readonly { method: MethodEntry; why: string | null }[]): TemplateResult {
    return html`<details class="small">
      <summary>${count("methods-list.unfit", others.length)}</summary>
      <ul>
        ${others.map(({ method, why }) => {
          const name = methodName(method);
          const said = why ?? "";
          const rest = said.startsWith(name) ? said.slice(name.length) : `: ${said}`;
          return html`<li><strong>${name}</strong><span class="muted">${rest}</span></li>`;
        })}
      </ul>
    </details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ask-methods": AskMethods;
  }
}
