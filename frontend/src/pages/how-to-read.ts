/** “How to read this”: what a method's card says to whoever looks at its result, folded until it is wanted. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { MethodEntry } from "../contract";
import { t } from "../text";
import { base } from "../theme/styles";
import { guideBody, guideStyles } from "./method-guide";

@customElement("tessera-how-to-read")
export class HowToRead extends LitElement {
  static override styles = [
    base,
    guideStyles,
    css`
      :host {
        display: block;
        font-size: 0.875rem;
      }
      .guide {
        padding-block: 0.6rem 0.4rem;
      }
      @media print {
        details:not([open]) {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) card: MethodEntry | null = null;
  /** Origin of the site that has the guide. */
  @property() site = location.origin;
  /** What is folded is drawn when it is first opened. */
  @state() private opened = false;

  protected override render(): TemplateResult | typeof nothing {
    const { card } = this;
    if (card === null) return nothing;
    return html`<details @toggle=${({ target }: Event) => (this.opened ||= (target as HTMLDetailsElement).open)}>
      <summary>${t("guide.how")}</summary>
      ${this.opened ? html`${guideBody(card)}${this.all(card)}` : nothing}
    </details>`;
  }

  /** Beside the page of another site, never in its place or its frame. */
  private all({ key }: MethodEntry): TemplateResult {
    const elsewhere = this.site !== location.origin || self !== top;
    return html`<a href=${`${this.site}/guide#${key}`} target=${elsewhere ? "_blank" : nothing} rel="noopener"
      >${t("guide.all")}</a
    >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-how-to-read": HowToRead;
  }
}
