/**
 * Cards in as many columns as there is room for, each column as tall as its own cards: they go from left to right as
 * they come, and keep their column however tall the others grow.
 */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

const LEAST = 544;
const MOST = 2;

@customElement("tessera-card-columns")
export class CardColumns extends LitElement {
  static override styles = css`
    :host {
      display: flex;
      gap: 1rem;
      align-items: flex-start;
    }
    div {
      flex: 1 1 0;
      min-inline-size: 0;
      display: grid;
      gap: 1rem;
    }
    div:empty {
      display: none;
    }
    @media print {
      :host {
        display: block;
      }
    }
  `;

  @state() private columns = 1;
  private readonly size = new ResizeObserver(() => this.measure());

  override connectedCallback(): void {
    super.connectedCallback();
    this.size.observe(this);
    this.measure();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.size.disconnect();
  }

  protected override render(): TemplateResult {
    return html`
      ${Array.from({ length: this.columns }, (_, column) => html`<div><slot name=${column}></slot></div>`)}
      <slot @slotchange=${this.assign} hidden></slot>
    `;
  }

  protected override updated(): void {
    this.assign();
  }

  private measure(): void {
    const room = Math.max(1, Math.floor(this.clientWidth / LEAST));
    this.columns = Math.min(MOST, room, Math.max(1, this.childElementCount));
  }

  private readonly assign = (): void => {
    this.measure();
    Array.from(this.children).forEach((child, index) => {
      child.slot = String(index % this.columns);
    });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-card-columns": CardColumns;
  }
}
