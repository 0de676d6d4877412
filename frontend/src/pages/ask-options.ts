/** How the text is read, whether the model goes on with it, and the parameters of the chosen methods. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { MethodEntry, ModelEntry, Problem, TokenizerEntry } from "../contract";
import forms from "../contract/forms.json";
import { methodName } from "../forms/cards";
import type { FormChange } from "../forms/form";
import { fieldsOf } from "../forms/fields";
import { kindsOf, type Draft } from "../state/draft";
import { t } from "../text";
import { base } from "../theme/styles";
import { concerns, parameterOf, problemNote } from "./problem";
import "../forms/form";

export class OptionsChange extends Event {
  static readonly type = "options-change";
  constructor(
    readonly changes: Partial<Draft>,
    readonly valid: boolean,
  ) {
    super(OptionsChange.type);
  }
}

const READING = forms.Reading;
const GREEDY = only(forms.Generate, ["max_new_tokens", "do_sample"]);
const SAMPLED = only(forms.Generate, ["max_new_tokens", "do_sample", "temperature", "top_p", "seed"]);

@customElement("tessera-ask-options")
export class AskOptions extends LitElement {
  static override styles = [
    base,
    css`
      details {
        border-block-start: 1px solid var(--line);
      }
      summary {
        padding-block: 0.7rem;
      }
      section {
        padding-block: 0.25rem 1.25rem;
      }
      h3 {
        font-size: 1rem;
        margin-block-end: 0.6rem;
      }
      .check {
        display: flex;
        gap: 0.5rem;
        align-items: baseline;
        margin-block-end: 0.75rem;
      }
      input[type="checkbox"] {
        accent-color: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) draft!: Draft;
  @property({ attribute: false }) methods: readonly MethodEntry[] = [];
  /** The models that are asked, and all that there are. */
  @property({ attribute: false }) asked: readonly ModelEntry[] = [];
  @property({ attribute: false }) models: readonly ModelEntry[] = [];
  @property({ attribute: false }) tokenizers: readonly TokenizerEntry[] = [];
  @property({ attribute: false }) problem: Problem | null = null;

  protected override render(): TemplateResult {
    const kinds = kindsOf(this.draft);
    const text = kinds.includes("text");
    const read = text || kinds.includes("table");
    const generating = text && this.asked.some(({ abilities }) => abilities.includes("generate"));
    const tunable = this.methods.filter(({ parameters }) => fieldsOf(parameters).length > 0);
    const wrong = concerns(this.problem, "reading", "generate") || parameterOf(this.problem) !== null;
    if (!read && tunable.length === 0) return html``;
    return html`
      ${generating ? this.continuation() : nothing}
      <details ?open=${wrong}>
        <summary>${t("ask.options")}</summary>
        ${read ? this.reading() : nothing} ${tunable.map((method) => this.method(method))}
      </details>
    `;
  }

  private continuation(): TemplateResult {
    const { continuing, generate } = this.draft;
    const writes = this.asked.every(({ abilities }) => abilities.includes("sequence_to_sequence"));
    return html`<section>
      <label class="check">
        <input
          type="checkbox"
          .checked=${continuing}
          @change=${(event: Event) => this.change({ continuing: (event.target as HTMLInputElement).checked })}
        />
        <span>${t(writes ? "ask.writes" : "ask.continues")}</span>
      </label>
      ${
        continuing
          ? html`<tessera-form
              .schema=${generate.do_sample ? SAMPLED : GREEDY}
              .values=${generate}
              @form-change=${({ values, valid }: FormChange) =>
                this.change({ generate: { ...generate, ...values } }, valid)}
            ></tessera-form>`
          : nothing
      }
      ${concerns(this.problem, "generate") ? problemNote(this.problem) : nothing}
    </section>`;
  }

  private reading(): TemplateResult {
    const { reading } = this.draft;
    const chat = this.asked.some(({ chat_template: has }) => has);
    return html`<section>
      <h3>${t("ask.how-read")}</h3>
      <tessera-form
        .schema=${chat ? READING : only(READING, ["bos", "special_text"])}
        .values=${reading}
        @form-change=${({ values, valid }: FormChange) => this.change({ reading: { ...reading, ...values } }, valid)}
      ></tessera-form>
      ${concerns(this.problem, "reading") ? problemNote(this.problem) : nothing}
    </section>`;
  }

  private method(method: MethodEntry): TemplateResult {
    const { key, parameters } = method;
    const wrong = parameterOf(this.problem);
    const about = wrong !== null && this.methods[wrong.method]?.key === key;
    return html`<section>
      <h3>${methodName(method)}</h3>
      <tessera-form
        .schema=${parameters}
        .values=${this.draft.params[key] ?? {}}
        .tokenizers=${this.tokenizers}
        .models=${this.models}
        .problems=${about ? { [wrong.name]: this.problem?.detail ?? "" } : {}}
        @form-change=${({ values, valid }: FormChange) =>
          this.change({ params: { ...this.draft.params, [key]: values } }, valid)}
      ></tessera-form>
    </section>`;
  }

  private change(changes: Partial<Draft>, valid = true): void {
    this.dispatchEvent(new OptionsChange(changes, valid));
  }
}

/** A schema of these properties, in this order. */
function only<P extends object>(
  { title, properties }: { title: string; properties: P },
  names: readonly (keyof P)[],
): { title: string; properties: object } {
  return { title, properties: Object.fromEntries(names.map((name) => [name, properties[name]])) };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ask-options": AskOptions;
  }
}
