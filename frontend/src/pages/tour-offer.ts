/** On somebody's first visit: whether they want to be shown around. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { isOffered, keepTour } from "../state/tour";
import { t } from "../text";
import { base } from "../theme/styles";
import { beginTour } from "./tour";

@customElement("tessera-tour-offer")
export class TourOffer extends LitElement {
  static override styles = [
    base,
    css`
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem 0.75rem;
        align-items: center;
        font-size: 0.9375rem;
        color: var(--muted);
      }
      button {
        min-block-size: 2rem;
      }
    `,
  ];

  @state() private offered = isOffered();

  protected override render(): TemplateResult | typeof nothing {
    if (!this.offered) return nothing;
    return html`<p>
      <span>${t("tour.offer")}</span>
      <button @click=${this.begin}>${t("tour.begin")}</button>
      <button class="quiet" @click=${this.refuse}>${t("tour.refuse")}</button>
    </p>`;
  }

  private readonly begin = (): void => {
    this.offered = false;
    beginTour();
  };

  private readonly refuse = (): void => {
    this.offered = false;
    keepTour(null);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-tour-offer": TourOffer;
  }
}
