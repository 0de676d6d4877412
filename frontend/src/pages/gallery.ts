/** The page of worked questions. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { gallery } from "../api";
import { asProblem } from "../api/client";
import type { Problem, WorkedQuestion } from "../contract";
import { LENSES } from "../forms/fit";
import { t } from "../text";
import { installPage } from "../theme/page";
import { base } from "../theme/styles";
import { galleryList, galleryStyles } from "./gallery-card";
import { problemNote } from "./problem";
import "./shell";

installPage();

@customElement("tessera-gallery")
export class GalleryPage extends LitElement {
  static override styles = [
    base,
    galleryStyles,
    css`
      .page {
        max-inline-size: 60rem;
        margin-inline: auto;
        display: grid;
        gap: 1.75rem;
      }
      h1 {
        font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.1rem);
        font-weight: 640;
        letter-spacing: -0.015em;
        line-height: 1.2;
      }
      h2 {
        font-size: 1rem;
        margin-block-end: 0.6rem;
      }
    `,
  ];

  @state() private questions: readonly WorkedQuestion[] | null = null;
  @state() private problem: Problem | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t("gallery.title")} · Tessera`;
    gallery().then(
      (questions) => (this.questions = questions),
      (error: unknown) => (this.problem = asProblem(error)),
    );
  }

  protected override render(): TemplateResult {
    return html`<tessera-shell>
      <div class="page">
        <div>
          <h1>${t("gallery.title")}</h1>
          <p class="muted">${t("gallery.says")}</p>
        </div>
        ${problemNote(this.problem)} ${this.questions === null ? nothing : this.chapters(this.questions)}
      </div>
    </tessera-shell>`;
  }

  private chapters(questions: readonly WorkedQuestion[]): TemplateResult {
    if (questions.length === 0) return html`<p class="muted" role="status">${t("gallery.empty")}</p>`;
    return html`${LENSES.map(({ lens, question }) => {
      const own = questions.filter((one) => one.lens === lens);
      return own.length === 0
        ? nothing
        : html`<section>
            <h2>${question}</h2>
            ${galleryList(own)}
          </section>`;
    })}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-gallery": GalleryPage;
  }
}
