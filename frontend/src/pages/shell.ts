/** What every page has around it: the name, the way home, the account, light or dark. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { t } from "../text";
import { setTheme, storedTheme, THEMES, type Theme } from "../theme/page";
import { base } from "../theme/styles";

const NAMES: Record<Theme, string> = { auto: t("theme.auto"), light: t("theme.light"), dark: t("theme.dark") };

@customElement("tessera-shell")
export class Shell extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        min-block-size: 100vh;
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        padding: 0.9rem max(1rem, calc((100vw - 76rem) / 2));
      }
      .home {
        display: inline-flex;
        align-items: center;
        gap: 0.6rem;
        color: var(--ink);
        text-decoration: none;
        font-weight: 650;
        letter-spacing: 0.01em;
      }
      svg {
        inline-size: 1.35rem;
        block-size: 1.35rem;
      }
      .right,
      nav {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        gap: 0.2rem 1.1rem;
        min-inline-size: 0;
        font-size: 0.875rem;
      }
      nav a,
      nav button {
        min-block-size: 0;
        padding: 0.3rem 0;
        border: 0;
        background: none;
        color: var(--muted);
        text-decoration: none;
        max-inline-size: 11rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      nav a:hover,
      nav button:hover:not(:disabled) {
        color: var(--ink);
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
      @media (max-width: 30rem) {
        nav form {
          display: none;
        }
      }
      select {
        min-block-size: 1.9rem;
        padding-block: 0.1rem;
        font-size: 0.875rem;
        color: var(--muted);
        background: none;
        border-color: transparent;
      }
      select:hover {
        border-color: var(--line);
      }
      main {
        padding: 1rem max(1rem, calc((100vw - 76rem) / 2)) 4rem;
      }
      @media print {
        header .right {
          display: none;
        }
        header,
        main {
          padding: 0 0 1rem;
        }
      }
    `,
  ];

  @state() private theme: Theme = storedTheme();

  protected override render(): TemplateResult {
    return html`
      <header>
        <a class="home" href="/">${mosaic} Tessera</a>
        <div class="right">
          ${account()}
          <label>
            <span class="hidden-visually">Colours of the page</span>
            <select @change=${this.choose}>
              ${THEMES.map((theme) => html`<option value=${theme} ?selected=${theme === this.theme}>${NAMES[theme]}</option>`)}
            </select>
          </label>
        </div>
      </header>
      <main><slot></slot></main>
    `;
  }

  private choose(event: Event): void {
    const chosen = THEMES.find((theme) => theme === (event.target as HTMLSelectElement).value) ?? "auto";
    this.theme = chosen;
    setTheme(chosen);
  }
}

/** Who is logged in, as the page was told in a meta element: its content is the name, empty for nobody. */
function account(): TemplateResult | typeof nothing {
  const told = document.querySelector<HTMLMetaElement>('meta[name="tessera-account"]');
  if (told === null) return nothing;
  if (told.content === "") {
    const back = encodeURIComponent(location.pathname + location.search);
    return html`<nav aria-label="Account"><a href="/login?next=${back}">Log in</a></nav>`;
  }
  return html`<nav aria-label="Account">
    <a href="/account/runs">My runs</a>
    <a href="/account" title="Signed in as ${told.content}">${told.content}</a>
    <form method="post" action="/logout">
      <input type="hidden" name="csrfmiddlewaretoken" .value=${told.dataset["csrf"] ?? ""} />
      <button>Log out</button>
    </form>
  </nav>`;
}

const mosaic = html`<svg viewBox="0 0 16 16" aria-hidden="true">
  <path fill="var(--high)" d="M0 0h7v7H0z" />
  <path fill="var(--low)" d="M9 9h7v7H9z" />
  <path fill="var(--accent)" d="M9 0h7v7H9z" />
  <path fill="var(--line)" d="M0 9h7v7H0z" />
</svg>`;

declare global {
  interface HTMLElementTagNameMap {
    "tessera-shell": Shell;
  }
}
