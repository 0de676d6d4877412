/** What every page has around it: the name, the way home, the account, actions, language, light or dark. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { Shortcuts, type Shortcut } from "../state/shortcuts";
import { language, LANGUAGES, setLanguage, t, type Language } from "../text";
import { setTheme, storedTheme, THEMES, type Theme } from "../theme/page";
import { base } from "../theme/styles";
import type { Palette } from "./palette";
import "./keys-dialog";
import "./palette";
import "./tour";
import "./pin-tray";

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
      .skip {
        position: absolute;
        inset: -10rem auto auto 1rem;
        z-index: 20;
        padding: 0.5rem 1rem;
        border-radius: 0.4rem;
        background: var(--raised);
      }
      .skip:focus {
        inset-block-start: 0.5rem;
      }
      main:focus {
        outline: none;
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
      nav button,
      .actions {
        min-block-size: 1.5rem;
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
      nav button:hover:not(:disabled),
      .actions:hover:not(:disabled) {
        color: var(--ink);
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
      @media (max-width: 30rem) {
        header {
          flex-wrap: wrap;
          padding-block: 0.5rem;
        }
        .right {
          gap: 0.2rem 0.7rem;
        }
        nav form {
          display: none;
        }
      }
      select {
        min-block-size: 1.9rem;
        padding: 0.1rem 0.2rem;
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
  @query("main") private main!: HTMLElement;
  @query("tessera-palette") private palette!: Palette;

  constructor() {
    super();
    new Shortcuts(this, () => this.offered());
  }

  protected override render(): TemplateResult {
    return html`
      <a class="skip" href="#content" @click=${this.skip}>${t("shell.skip")}</a>
      <header>
        <a class="home" href="/">${mosaic} Tessera</a>
        <div class="right">
          ${account()}
          <button class="actions" title=${t("palette.open")} @click=${() => this.palette.open()}>
            ${t("shell.actions")}
          </button>
          ${choice(t("shell.language"), LANGUAGES, language, speak)}
          ${choice(t("shell.theme"), NAMES, this.theme, (chosen) => this.paint(chosen))}
        </div>
      </header>
      <main id="content" tabindex="-1"><slot></slot></main>
      <tessera-pin-tray></tessera-pin-tray>
      <tessera-palette></tessera-palette>
      <tessera-keys-dialog></tessera-keys-dialog>
      <tessera-tour></tessera-tour>
    `;
  }

  private paint(theme: Theme): void {
    this.theme = theme;
    setTheme(theme);
  }

  private readonly skip = (event: Event): void => {
    event.preventDefault();
    this.main.focus();
  };

  private offered(): Shortcut[] {
    const go = (id: string, label: string, address: string): Shortcut => {
      return { id, label, group: "go", run: () => location.assign(address) };
    };
    const who = accountName();
    return [
      ...(location.pathname === "/" ? [] : [go("home", t("shell.home"), "/")]),
      go("gallery", t("shell.gallery"), "/gallery"),
      go("guide", t("shell.guide"), "/guide"),
      ...(who === null || who === "" ? [] : [go("runs", t("shell.runs"), "/account/runs")]),
      ...(who === null
        ? []
        : [who === "" ? go("in", t("shell.in"), back()) : go("account", t("shell.account"), "/account")]),
      ...THEMES.filter((theme) => theme !== this.theme).map((theme): Shortcut => {
        const label = t("shell.use-theme", { theme: NAMES[theme] });
        return { id: `theme-${theme}`, label, group: "page", run: () => this.paint(theme) };
      }),
      ...keysOf(LANGUAGES)
        .filter((code) => code !== language)
        .map((code): Shortcut => {
          const label = t("shell.use-language", { language: LANGUAGES[code] });
          return { id: `language-${code}`, label, group: "page", run: () => speak(code) };
        }),
    ];
  }
}

const keysOf = <K extends string>(names: Readonly<Record<K, string>>): K[] => Object.keys(names) as K[];

function choice<K extends string>(
  label: string,
  names: Readonly<Record<K, string>>,
  chosen: K,
  choose: (key: K) => void,
): TemplateResult {
  const keys = keysOf(names);
  const change = (event: Event): void => {
    const key = keys.find((each) => each === (event.target as HTMLSelectElement).value);
    if (key !== undefined) choose(key);
  };
  return html`<label>
    <span class="hidden-visually">${label}</span>
    <select @change=${change}>
      ${keys.map((key) => html`<option value=${key} ?selected=${key === chosen}>${names[key]}</option>`)}
    </select>
  </label>`;
}

function speak(code: Language): void {
  setLanguage(code);
  location.reload();
}

const back = (): string => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;

const told = (): HTMLMetaElement | null => document.querySelector<HTMLMetaElement>('meta[name="tessera-account"]');

/** Who is logged in: empty for nobody, null where the page was not told. */
const accountName = (): string | null => told()?.content ?? null;

/** Who is logged in, as the page was told in a meta element: its content is the name, empty for nobody. */
function account(): TemplateResult | typeof nothing {
  const name = accountName();
  if (name === null) return nothing;
  if (name === "") return html`<nav aria-label=${t("shell.account")}><a href=${back()}>${t("shell.in")}</a></nav>`;
  return html`<nav aria-label=${t("shell.account")}>
    <a href="/account/runs">${t("shell.runs")}</a>
    <a href="/account" title=${t("shell.as", { name })}>${name}</a>
    <form method="post" action="/logout">
      <input type="hidden" name="csrfmiddlewaretoken" .value=${told()?.dataset["csrf"] ?? ""} />
      <button>${t("shell.out")}</button>
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
