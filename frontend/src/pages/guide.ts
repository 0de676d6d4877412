/** The page of guides: how every method is read, by question, with a search; `#key` leads to one. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { methods as allMethods } from "../api";
import { asProblem } from "../api/client";
import type { MethodEntry, Problem } from "../contract";
import { methodName, methodSummary } from "../forms/cards";
import { LENSES } from "../forms/fit";
import { found } from "../forms/groups";
import { language, t } from "../text";
import { installPage } from "../theme/page";
import { base } from "../theme/styles";
import { guideBody, guideStyles } from "./method-guide";
import { problemNote } from "./problem";
import "./shell";

installPage();

@customElement("tessera-guide")
export class GuidePage extends LitElement {
  static override styles = [
    base,
    guideStyles,
    css`
      .page {
        max-inline-size: 50rem;
        margin-inline: auto;
        display: grid;
        gap: 1.5rem;
      }
      h1 {
        font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.1rem);
        font-weight: 640;
        letter-spacing: -0.015em;
        line-height: 1.2;
      }
      input[type="search"] {
        inline-size: 100%;
        min-block-size: 2.5rem;
        padding: 0.3rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.5rem;
        background: var(--raised);
      }
      h2 {
        font-size: 1.15rem;
        margin-block-end: 0.4rem;
      }
      details {
        border-block-start: 1px solid var(--line);
        scroll-margin-block-start: 1rem;
      }
      summary {
        padding-block: 0.6rem;
        line-height: 1.4;
      }
      summary strong {
        color: var(--ink);
        font-weight: 600;
      }
      .guide {
        padding: 0 0 1.2rem 1.1rem;
      }
      .link {
        padding-inline-start: 1.1rem;
        font-size: 0.875rem;
      }
    `,
  ];

  @state() private methods: readonly MethodEntry[] | null = null;
  @state() private problem: Problem | null = null;
  @state() private query = "";
  @state() private open: ReadonlySet<string> = new Set([named()]);

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t("guide.title")} · Tessera`;
    window.addEventListener("hashchange", this.follow);
    allMethods().then(
      (methods) => {
        this.methods = methods;
        void this.updateComplete.then(this.follow);
      },
      (error: unknown) => (this.problem = asProblem(error)),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.follow);
  }

  protected override render(): TemplateResult {
    return html`<tessera-shell>
      <div class="page">
        <div>
          <h1>${t("guide.title")}</h1>
          <p class="muted">${t("guide.says")}</p>
        </div>
        ${problemNote(this.problem)} ${this.methods === null ? nothing : this.list(this.methods)}
      </div>
    </tessera-shell>`;
  }

  private list(methods: readonly MethodEntry[]): TemplateResult {
    const query = this.query.trim();
    const shown = query === "" ? methods : found(methods, query);
    return html`<input
        type="search"
        placeholder=${t("guide.search", { count: methods.length })}
        aria-label=${t("guide.search", { count: methods.length })}
        .value=${this.query}
        @input=${(event: Event) => (this.query = (event.target as HTMLInputElement).value)}
      />
      ${shown.length === 0 ? html`<p class="muted" role="status">${t("guide.nothing")}</p>` : nothing}
      ${LENSES.map(({ lens, question }) =>
        this.chapter(
          question,
          shown.filter((method) => method.lens === lens),
        ),
      )}`;
  }

  private chapter(question: string, methods: readonly MethodEntry[]): TemplateResult | typeof nothing {
    if (methods.length === 0) return nothing;
    const sorted = methods.toSorted((one, other) => methodName(one).localeCompare(methodName(other), language));
    return html`<section>
      <h2>${question}</h2>
      ${sorted.map((method) => this.method(method))}
    </section>`;
  }

  private method(card: MethodEntry): TemplateResult {
    const { key } = card;
    const open = this.open.has(key);
    return html`<details id=${key} ?open=${open} @toggle=${({ target }: Event) => this.toggled(key, target)}>
      <summary><strong>${methodName(card)}</strong> <span class="small">${methodSummary(card)}</span></summary>
      ${
        open
          ? html`${guideBody(card)}
              <p class="link"><a href=${`#${key}`}>${t("guide.link")}</a></p>`
          : nothing
      }
    </details>`;
  }

  private toggled(key: string, target: EventTarget | null): void {
    const open = (target as HTMLDetailsElement).open;
    if (open === this.open.has(key)) return;
    this.open = new Set(open ? [...this.open, key] : [...this.open].filter((other) => other !== key));
  }

  /** Opens what the address names, and goes there. */
  private readonly follow = (): void => {
    const key = named();
    if (key === "") return;
    this.query = "";
    this.open = new Set([...this.open, key]);
    void this.updateComplete.then(() => {
      const details = this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(key)}`);
      details?.scrollIntoView({ block: "start" });
      details?.querySelector<HTMLElement>("summary")?.focus({ preventScroll: true });
    });
  };
}

/** The method that the address names; the element asks before this file is read to its end. */
function named(): string {
  return location.hash.slice(1);
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-guide": GuidePage;
  }
}
