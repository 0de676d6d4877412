/** Further models that the chosen methods ask for: for each role those that fit, and why the others do not. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { MethodEntry, ModelEntry, Problem, RoleCard } from "../contract";
import { methodName } from "../forms/cards";
import { fillerOf, nameOfRole, roleMisfit, roleNote } from "../forms/fit";
import { t, told } from "../text";
import { count } from "../theme/format";
import { base } from "../theme/styles";
import { problemNote, roleOf } from "./problem";

type Roles = Readonly<Record<string, Readonly<Record<string, string>>>>;

export class RolesChange extends Event {
  static readonly type = "roles-change";
  constructor(readonly roles: Roles) {
    super(RolesChange.type);
  }
}

@customElement("tessera-ask-roles")
export class AskRoles extends LitElement {
  static override styles = [
    base,
    css`
      h3 {
        font-size: 0.9375rem;
        margin-block: 1rem 0.5rem;
      }
      .pickers {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr));
        gap: 1rem 1.5rem;
      }
      label {
        display: grid;
        gap: 0.2rem;
      }
      .name {
        font-weight: 550;
      }
      select {
        inline-size: 100%;
      }
      .help {
        font-size: 0.8125rem;
        color: var(--muted);
      }
    `,
  ];

  /** The methods that are asked, in the order in which they are sent. */
  @property({ attribute: false }) methods: readonly MethodEntry[] = [];
  @property({ attribute: false }) asked: readonly ModelEntry[] = [];
  @property({ attribute: false }) models: readonly ModelEntry[] = [];
  @property({ attribute: false }) roles: Roles = {};
  @property({ attribute: false }) problem: Problem | null = null;

  protected override render(): TemplateResult {
    const pickers = this.methods.flatMap((method, index) =>
      Object.entries(method.roles).map(([name, role]) => this.picker(method, index, name, role)),
    );
    return pickers.length === 0
      ? html``
      : html`<h3>${t("ask.further")}</h3>
          <div class="pickers">${pickers}</div>`;
  }

  private picker(method: MethodEntry, index: number, name: string, role: RoleCard): TemplateResult {
    const judged = this.models.map((model) => ({ model, why: roleMisfit(model, role, this.asked) }));
    const fitting = judged.filter(({ why }) => why === null).map(({ model }) => model);
    const others = judged.filter(({ why }) => why !== null);
    const chosen = fillerOf(role, this.roles[method.key]?.[name], this.asked, this.models);
    const wrong = roleOf(this.problem);
    return html`<div>
      <label>
        <span class="name">${methodName(method)}: ${nameOfRole(name)}</span>
        <select @change=${(event: Event) => this.choose(method.key, name, (event.target as HTMLSelectElement).value)}>
          ${role.optional ? html`<option value="" ?selected=${chosen === null}>${t("ask.none")}</option>` : nothing}
          ${fitting.map((model) => {
            const note = roleNote(model, role, this.asked);
            return html`<option value=${model.key} ?selected=${model.key === chosen}>
              ${model.name}${note === "" ? "" : ` (${note})`}
            </option>`;
          })}
        </select>
        <span class="help">${told(`roles.${name}.summary`, role.summary)}</span>
      </label>
      ${others.length === 0 ? nothing : this.others(others)}
      ${wrong?.method === index && wrong.name === name ? problemNote(this.problem) : nothing}
    </div>`;
  }

  private others(others: readonly { model: ModelEntry; why: string | null }[]): TemplateResult {
    return html`<details class="small">
      <summary>${count("ask.cannot", others.length)}</summary>
      <ul>
        ${others.map(({ model, why }) => html`<li><strong>${model.name}</strong>: <span class="muted">${why}</span></li>`)}
      </ul>
    </details>`;
  }

  private choose(method: string, role: string, model: string): void {
    const { [role]: _, ...without } = this.roles[method] ?? {};
    const own = model === "" ? without : { ...without, [role]: model };
    this.dispatchEvent(new RolesChange({ ...this.roles, [method]: own }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ask-roles": AskRoles;
  }
}
