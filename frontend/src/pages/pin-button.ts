/** Sets an answer aside to be compared, or takes it back. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PinsController, same, type Pin } from "../state/pins";
import { t } from "../text";
import { base } from "../theme/styles";

@customElement("tessera-pin-button")
export class PinButton extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      button {
        min-height: 0;
        padding: 0.15rem 0.6rem;
        font-size: 0.8125rem;
        white-space: nowrap;
      }
    `,
  ];

  /** What is pinned, as it is shown when the button is pressed. */
  @property({ attribute: false }) pin!: () => Pin;
  private readonly pins = new PinsController(this);

  protected override render(): TemplateResult {
    const pin = this.pin();
    const { a, b } = this.pins.value;
    const side = same(a, pin) ? "A" : same(b, pin) ? "B" : null;
    const { name } = pin;
    const label = side === null ? t("pins.pin-what", { name }) : t("pins.unpin-what", { name, side });
    return html`<button aria-pressed=${side !== null} aria-label=${label} title=${label} @click=${() => this.toggle()}>
      ${side === null ? t("pins.pin") : t("pins.pinned", { side })}
    </button>`;
  }

  toggle(): void {
    this.pins.toggle(this.pin());
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-pin-button": PinButton;
  }
}
