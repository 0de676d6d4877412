/** A method's guide in a dialog, where methods are chosen. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import type { MethodEntry } from "../contract";
import { methodName, methodSummary } from "../forms/cards";
import { t } from "../text";
import { base } from "../theme/styles";
import { guideBody, guideStyles } from "./method-guide";

@customElement("tessera-guide-dialog")
export class GuideDialog extends LitElement {
  static override styles = [
    base,
    guideStyles,
    css`
      dialog {
        inline-size: min(44rem, calc(100vw - 2rem));
        max-block-size: calc(100vh - 4rem);
        padding: 1.1rem 1.3rem 1.2rem;
        border: 1px solid var(--line);
        border-radius: 0.7rem;
        background: var(--raised);
        color: var(--ink);
        overflow: auto;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.3);
      }
      h2 {
        font-size: 1.15rem;
      }
      .summary {
        margin-block: 0.2rem 0.8rem;
        color: var(--muted);
      }
      .end {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: 1rem;
        margin-block-start: 1rem;
      }
    `,
  ];

  @state() private card: MethodEntry | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;

  open(card: MethodEntry): void {
    this.card = card;
    this.dialog.showModal();
    this.dialog.scrollTop = 0;
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @click=${this.outside}>
      ${this.card === null ? nothing : this.body(this.card)}
    </dialog>`;
  }

  private body(card: MethodEntry): TemplateResult {
    return html`<h2 id="title" tabindex="-1" autofocus>${methodName(card)}</h2>
      <p class="summary">${methodSummary(card)}</p>
      ${guideBody(card)}
      <div class="end">
        <a href=${`/guide#${card.key}`}>${t("guide.all")}</a>
        <button @click=${() => this.dialog.close()}>${t("close")}</button>
      </div>`;
  }

  /** A press beside the dialog closes it. */
  private readonly outside = (event: MouseEvent): void => {
    if (event.target === this.dialog) this.dialog.close();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-guide-dialog": GuideDialog;
  }
}
