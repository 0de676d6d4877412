import { LitElement, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
@customElement("x-zz")
export class Zz extends LitElement {
  @property({ attribute: false }) name = "a";
  @state() private n = 1;
  override render(): unknown {
    return html`<p>${this.name}${this.n}</p>`;
  }
}
