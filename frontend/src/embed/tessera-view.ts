/**
 * `<tessera-view src="https://tessera.example/s/…">`: a shared view in any page, without a frame.
 *
 * It reads through the link and nothing else, sends no cookies, and brings its colours with it: what the page around
 * it looks like, it leaves alone. `theme` is light, dark or auto; `card` shows one answer in place of the shared ones.
 */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { popup } from "../marks/popup";
import type { Theme } from "../theme/page";
import { furnish } from "./furnish";
import "../pages/run";

@customElement("tessera-view")
export class SharedView extends LitElement {
  static override styles = css`
    :host {
      display: block;
      padding: 0.75rem;
      background: var(--paper);
      color: var(--ink);
      font: 1rem/1.55 var(--sans);
      text-align: start;
    }
  `;

  /** Address of the link. */
  @property() src = "";
  @property({ reflect: true }) theme: Theme = "auto";

  override connectedCallback(): void {
    super.connectedCallback();
    furnish();
  }

  protected override updated(): void {
    popup().setAttribute("theme", this.theme);
  }

  protected override render(): TemplateResult {
    return html`<tessera-run embedded .api=${apiOf(this.src, location.href)}></tessera-run>`;
  }
}

/** Where a link's data are: an address relative to the page that shows it, as addresses in pages are. */
export function apiOf(src: string, page: string): string {
  const { origin, pathname } = new URL(src, page);
  const secret = pathname.split("/").at(-1) ?? "";
  return `${origin}/api/shares/${secret}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-view": SharedView;
  }
}
