/** Edits the prompt of a run in place and asks the same of the new text, beside the old one. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { createRun, RunApi } from "../api";
import { asProblem } from "../api/client";
import type { Problem, Result, RunState } from "../contract";
import { compareUrl } from "../state/comparing";
import { besideEdit, editedRequest, promptOf } from "../state/edited";
import { Shortcuts } from "../state/shortcuts";
import { t } from "../text";
import { base } from "../theme/styles";
import { problemNote } from "./problem";

@customElement("tessera-edit-prompt")
export class EditPrompt extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        margin-block-start: 0.75rem;
      }
      form {
        display: grid;
        gap: 0.6rem;
        padding: 0.9rem 1rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
      }
      textarea {
        inline-size: 100%;
        min-block-size: 5rem;
        max-block-size: 40vh;
        padding: 0.6rem 0.7rem;
        border: 1px solid var(--line);
        border-radius: 0.4rem;
        background: var(--raised);
        field-sizing: content;
        resize: vertical;
      }
      @media print {
        :host {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) run!: RunState;
  @property({ attribute: false }) fetched!: (id: string) => Result | null;
  /** What is being written; null while the editor is closed. */
  @state() private text: string | null = null;
  @state() private asking = false;
  @state() private problem: Problem | null = null;
  @query("textarea") private box!: HTMLTextAreaElement | null;
  @query("button.open") private opener!: HTMLButtonElement | null;

  constructor() {
    super();
    new Shortcuts(this, () => [
      {
        ...{ id: "edit", label: t("edit.action"), group: "run", keys: "e" },
        when: () => promptOf(this.run) !== null,
        run: () => void this.open(),
      },
    ]);
  }

  protected override render(): TemplateResult | typeof nothing {
    const prompt = promptOf(this.run);
    if (prompt === null) return nothing;
    if (this.text === null) {
      return html`<button class="open" title=${t("edit.help")} @click=${() => void this.open()}>
        ${t("edit.open")}
      </button>`;
    }
    const same = this.text === prompt || this.text.trim() === "";
    return html`<form @submit=${this.submit} @keydown=${this.keyed}>
      <textarea
        aria-label=${t("edit.label")}
        dir="auto"
        .value=${this.text}
        @input=${(event: Event) => (this.text = (event.target as HTMLTextAreaElement).value)}
      ></textarea>
      ${problemNote(this.problem)}
      <div class="row">
        <button class="primary" ?disabled=${same || this.asking}>
          ${t(this.asking ? "edit.running" : "edit.run")}
        </button>
        <button type="button" class="quiet" @click=${() => void this.close()}>${t("edit.cancel")}</button>
        <span class="small muted" role="status">${same ? t("edit.same") : t("edit.help")}</span>
      </div>
    </form>`;
  }

  private async open(): Promise<void> {
    this.text ??= promptOf(this.run);
    await this.updateComplete;
    this.box?.focus();
  }

  private async close(): Promise<void> {
    [this.text, this.problem] = [null, null];
    await this.updateComplete;
    this.opener?.focus();
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") void this.close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.ask();
    else return;
    event.preventDefault();
  };

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    void this.ask();
  };

  private async ask(): Promise<void> {
    if (this.text === null || this.text === promptOf(this.run) || this.asking) return;
    [this.asking, this.problem] = [true, null];
    try {
      const { url } = await createRun(editedRequest(this.run, this.text));
      const edit = await new RunApi(`/api${url}`).state();
      const comparing = besideEdit(this.run, edit, this.fetched);
      location.assign(comparing === null ? url : compareUrl(comparing));
    } catch (error) {
      this.problem = asProblem(error);
      this.asking = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-edit-prompt": EditPrompt;
  }
}
