/**
 * `<tessera-view src="https://tessera.example/s/…">`: a shared view in any page, without a frame.
 *
 * It reads through the link and nothing else, sends no cookies, and brings its colours with it: what the page around
 * it looks like, it leaves alone. `theme` is light, dark or auto; `card`, the key of a method such as `surprisal`,
 * shows what that method answers in place of what was shared.
 */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";

import { popup } from "../marks/popup";
import { t } from "../text";
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
  /** Key of the one method whose answers are shown; empty: as it was shared. */
  @property() card = "";
  @property({ reflect: true }) theme: Theme = "auto";

  override connectedCallback(): void {
    super.connectedCallback();
    furnish();
  }

  protected override updated(): void {
    popup().setAttribute("theme", this.theme);
  }

  protected override render(): unknown {
    if (this.src === "") return nothing;
    const api = apiOf(this.src, location.href);
    if (api === null) return html`<p role="alert">${t("embed.gone")}</p>`;
    // Another link is another run, with a view of its own.
    return keyed(api, html`<tessera-run embedded .api=${api} .method=${this.card}></tessera-run>`);
  }
}

/** Where a link's data are, an address relative to the page that shows it, as addresses in pages are; null: no link. */
export function apiOf(src: string, page: string): string | null {
  if (!URL.canParse(src, page)) return null;
  const { origin, pathname, protocol } = new URL(src, page);
  const [, secret] = /\/(?:s|embed)\/([^/]+)\/?$/.exec(pathname) ?? [];
  return secret === undefined || !/^https?:$/.test(protocol) ? null : `${origin}/api/shares/${secret}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-view": SharedView;
  }
}
