/** A form drawn from a method's card. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { ModelEntry, TokenizerEntry } from "../contract";
import { t } from "../text";
import { base } from "../theme/styles";
import { unusable } from "./fit";
import { boundsOf, fieldsOf, parse, type Field } from "./fields";

export class FormChange extends Event {
  static readonly type = "form-change";
  constructor(
    readonly values: Record<string, unknown>,
    readonly valid: boolean,
  ) {
    super(FormChange.type);
  }
}

@customElement("tessera-form")
export class Form extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr));
        gap: 1rem 1.5rem;
      }
      .wide {
        grid-column: 1 / -1;
      }
      .name {
        display: inline-block;
        font-weight: 550;
      }
      .name::first-letter {
        text-transform: uppercase;
      }
      input[type="number"],
      input[type="text"],
      select {
        inline-size: 100%;
        margin-block: 0.2rem;
      }
      .help {
        font-size: 0.8125rem;
        color: var(--muted);
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem 1.1rem;
        margin-block: 0.3rem;
      }
    `,
  ];

  @property({ attribute: false }) schema: unknown = {};
  /** What differs from the defaults. */
  @property({ attribute: false }) values: Record<string, unknown> = {};
  @property({ attribute: false }) tokenizers: readonly TokenizerEntry[] = [];
  @property({ attribute: false }) models: readonly ModelEntry[] = [];
  /** What the server said about a field, by its name. */
  @property({ attribute: false }) problems: Readonly<Record<string, string>> = {};
  @state() private errors: Readonly<Record<string, string>> = {};

  protected override render(): TemplateResult {
    return html`${fieldsOf(this.schema).map((field) => this.field(field))}`;
  }

  private field(field: Field): TemplateResult {
    const error = this.errors[field.name] ?? this.problems[field.name];
    const bounds = boundsOf(field);
    const control = html`${this.control(field)}
      <span class="help">${field.help}${bounds === "" ? "" : ` (${bounds})`}</span>
      ${error === undefined ? nothing : html`<p class="problem small" role="alert">${error}</p>`}`;
    if (field.kind === "tokenizers") {
      return html`<fieldset class="wide">
        <legend class="name">${field.label}</legend>
        ${control}
      </fieldset>`;
    }
    if (field.kind === "flag") return html`<label>${control}</label>`;
    return html`<label><span class="name">${field.label}</span>${control}</label>`;
  }

  private control(field: Field): TemplateResult {
    const value = this.current(field);
    switch (field.kind) {
      case "flag":
        return html`<span class="row">
          <input
            type="checkbox"
            .checked=${value === true}
            @change=${(event: Event) => this.set(field, (event.target as HTMLInputElement).checked)}
          />
          <span class="name">${field.label}</span>
        </span>`;
      case "choice":
        return this.select(
          field,
          field.options.map((option) => [option, option] as const),
        );
      case "tokenizer":
        return this.select(
          field,
          this.tokenizers.map(({ key, name }) => [key, name] as const),
        );
      case "model":
        return this.model(field);
      case "tokenizers":
        return this.checkboxes(field, Array.isArray(value) ? value.map(String) : []);
      case "number":
      case "text":
      case "json":
        return this.input(field, value);
    }
  }

  private input(field: Field, value: unknown): TemplateResult {
    const shown = value == null ? "" : typeof value === "string" ? value : JSON.stringify(value);
    return html`<input
      type=${field.kind === "number" ? "number" : "text"}
      step=${field.kind === "number" && field.integer ? "1" : "any"}
      min=${field.kind === "number" ? (field.least ?? nothing) : nothing}
      max=${field.kind === "number" ? (field.most ?? nothing) : nothing}
      placeholder=${field.optional ? t("form.automatic") : ""}
      .value=${shown}
      aria-invalid=${field.name in this.errors}
      @change=${(event: Event) => this.typed(field, (event.target as HTMLInputElement).value)}
    />`;
  }

  private select(field: Field, options: readonly (readonly [value: string, name: string])[]): TemplateResult {
    const value = this.current(field);
    return html`<select
      @change=${(event: Event) => {
        const chosen = (event.target as HTMLSelectElement).value;
        this.set(field, chosen === "" ? null : chosen);
      }}
    >
      ${field.optional ? html`<option value="" ?selected=${value === null}>${t("form.automatic")}</option>` : nothing}
      ${options.map(([key, name]) => html`<option value=${key} ?selected=${key === value}>${name}</option>`)}
    </select>`;
  }

  /** The models that can do it; the default keeps its place when it is not here, since the server says what to add. */
  private model(field: Field & { kind: "model" }): TemplateResult {
    const able = this.models.filter(
      (model) => unusable(model) === null && field.abilities.some((one) => (model.abilities as string[]).includes(one)),
    );
    const known = able.map(({ key, name }) => [key, name] as const);
    const value = this.current(field);
    const stray = typeof value === "string" && able.every(({ key }) => key !== value);
    return this.select(field, stray ? [[value, t("form.not-here", { name: value })], ...known] : known);
  }

  private checkboxes(field: Field & { kind: "tokenizers" }, chosen: readonly string[]): TemplateResult {
    const toggle = (key: string): void => {
      const next = chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key];
      const fits = next.length >= field.least && next.length <= field.most;
      this.note(field, fits ? null : t("form.choose", { least: field.least, most: field.most, chosen: next.length }));
      this.set(field, next);
    };
    return html`<span class="choices">
      ${this.tokenizers.map(
        ({ key, name, available }) =>
          html`<label class=${available ? "" : "muted"}>
            <input
              type="checkbox"
              .checked=${chosen.includes(key)}
              ?disabled=${!available}
              @change=${() => toggle(key)}
            />
            ${name}
          </label>`,
      )}
    </span>`;
  }

  private current({ name, initial }: Field): unknown {
    return name in this.values ? this.values[name] : initial;
  }

  private typed(field: Field, text: string): void {
    const parsed = parse(field, text);
    this.note(field, parsed.kind === "error" ? parsed.message : null);
    if (parsed.kind === "value") this.set(field, parsed.value);
    else this.announce();
  }

  private note({ name }: Field, message: string | null): void {
    const { [name]: _, ...others } = this.errors;
    this.errors = message === null ? others : { ...others, [name]: message };
  }

  private set({ name }: Field, value: unknown): void {
    this.values = { ...this.values, [name]: value };
    this.announce();
  }

  private announce(): void {
    this.dispatchEvent(new FormChange(this.values, Object.keys(this.errors).length === 0));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-form": Form;
  }
}
