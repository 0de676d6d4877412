/** Where the answers are, question by question, and how far those are that are still computed. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { ResultState } from "../contract";
import { isUnfinished } from "../state/run";
import { Shortcuts } from "../state/shortcuts";
import { t } from "../text";
import { percent } from "../theme/format";
import { base } from "../theme/styles";

export interface Entry {
  /** The result that is drawn, and what its card is called. */
  id: string;
  name: string;
  state: ResultState["state"];
  fraction: number | null;
}

export interface NavChapter {
  title: string;
  entries: readonly Entry[];
}

export class GoTo extends Event {
  static readonly type = "go-to";
  constructor(readonly id: string) {
    super(GoTo.type);
  }
}

@customElement("tessera-run-nav")
export class RunNav extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      nav {
        display: flex;
        gap: 1.5rem;
        padding-block: 0.55rem;
        overflow-x: auto;
        scrollbar-width: thin;
        background: var(--paper);
        border-block-end: 1px solid var(--line);
      }
      section {
        display: flex;
        flex: none;
        gap: 0.35rem;
        align-items: baseline;
      }
      h2 {
        font-size: 0.8125rem;
        font-weight: 500;
        color: var(--muted);
        white-space: nowrap;
      }
      ul {
        display: flex;
        gap: 0.35rem;
      }
      a {
        position: relative;
        display: block;
        padding: 0.15rem 0.6rem;
        border: 1px solid var(--line);
        border-radius: 1rem;
        background: var(--raised);
        color: var(--ink);
        font-size: 0.875rem;
        text-decoration: none;
        white-space: nowrap;
        overflow: hidden;
      }
      a:hover {
        border-color: var(--muted);
      }
      a:focus-visible {
        outline-offset: -1px;
      }
      .waiting {
        color: var(--muted);
      }
      .failed {
        color: var(--danger);
      }
      .far {
        position: absolute;
        inset: auto auto 0 0;
        block-size: 2px;
        background: var(--accent);
      }
      @media print {
        nav {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) chapters: readonly NavChapter[] = [];

  constructor() {
    super();
    new Shortcuts(this, () =>
      this.chapters
        .flatMap(({ entries }) => entries)
        .map(({ id, name }) => ({
          ...{ id: `result-${id}`, label: name, group: "go" },
          run: () => this.dispatchEvent(new GoTo(id)),
        })),
    );
  }

  protected override render(): TemplateResult {
    return html`<nav aria-label=${t("run.answers")}>
      ${this.chapters.map(
        ({ title, entries }) =>
          html`<section>
            <h2 class=${this.chapters.length === 1 ? "hidden-visually" : ""}>${title}</h2>
            <ul>
              ${entries.map((entry) => this.entry(entry))}
            </ul>
          </section>`,
      )}
    </nav>`;
  }

  private entry({ id, name, state, fraction }: Entry): TemplateResult {
    const waits = isUnfinished({ state });
    const said = waits ? (fraction === null ? " …" : ` ${percent(fraction)}`) : "";
    return html`<li>
      <a
        href=${`#result-${id}`}
        class=${waits ? "waiting" : state}
        @click=${(event: Event) => {
          event.preventDefault();
          this.dispatchEvent(new GoTo(id));
        }}
        >${name}${said === "" ? nothing : html`<span class="small muted">${said}</span>`}${
          waits && fraction !== null ? html`<span class="far" style="inline-size: ${100 * fraction}%"></span>` : nothing
        }${state === "failed" ? html`<span class="hidden-visually"> ${t("run.failed")}</span>` : nothing}</a
      >
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-run-nav": RunNav;
  }
}
