/** A worked question as a card: what is asked, and a small picture of the answer. */
import { css, html, nothing, type TemplateResult } from "lit";

import type { WorkedQuestion } from "../contract";
import { translated } from "../text";

type Preview = NonNullable<WorkedQuestion["preview"]>;

export const galleryStyles = css`
  .worked {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr));
    gap: 0.75rem;
  }
  .worked a {
    display: grid;
    grid-template-rows: auto auto 1fr;
    gap: 0.4rem;
    block-size: 100%;
    padding: 0.8rem 0.9rem;
    border: 1px solid var(--line);
    border-radius: 0.6rem;
    background: var(--raised);
    color: var(--ink);
    text-decoration: none;
  }
  .worked a:hover {
    border-color: var(--muted);
  }
  .worked .name {
    font-weight: 620;
    line-height: 1.3;
  }
  .worked .asks {
    font-size: 0.875rem;
    line-height: 1.4;
    color: var(--muted);
  }
  .worked .tokens {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 4;
    overflow: hidden;
    align-self: end;
    font-size: 0.8125rem;
    line-height: 1.7;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }
  .worked .tokens span {
    padding-block: 0.15em;
  }
  .worked .picture {
    position: relative;
    align-self: end;
    inline-size: 7rem;
    aspect-ratio: 1;
    border-radius: 0.3rem;
    overflow: hidden;
  }
  .worked .picture img,
  .worked .picture .cells {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
  }
  .worked .picture img {
    image-rendering: pixelated;
  }
  .worked .cells {
    display: grid;
  }
`;

/** A title or sentence of a question, in the language of the page. */
export const saidOf = (question: WorkedQuestion, part: "title" | "question" | "note"): string =>
  translated(`gallery.${question.id}.${part}`, question[part]);

export function galleryList(questions: readonly WorkedQuestion[]): TemplateResult {
  return html`<ul class="worked">
    ${questions.map(
      (question) =>
        html`<li>
          <a href=${question.url}>
            <span class="name">${saidOf(question, "title")}</span>
            <span class="asks">${saidOf(question, "question")}</span>
            ${picture(question)}
          </a>
        </li>`,
    )}
  </ul>`;
}

/** It shows what the page behind it says in words and numbers, so whoever hears the card need not hear it. */
function picture({ preview, image_url: image, text }: WorkedQuestion): TemplateResult | typeof nothing {
  if (preview === null) return text === null ? nothing : html`<span class="tokens" aria-hidden="true">${text}</span>`;
  if (image === null || preview.grid === null) return tokens(preview);
  return html`<span class="picture" aria-hidden="true">
    <img src=${image} alt="" loading="lazy" />
    <span class="cells" style=${`grid-template-columns: repeat(${preview.grid[1]}, 1fr)`}>
      ${preview.units.map(({ share }) => html`<span style=${ground(share, 85)}></span>`)}
    </span>
  </span>`;
}

function tokens({ units }: Preview): TemplateResult {
  return html`<span class="tokens" aria-hidden="true"
    >${units.map(({ text, share }) => html`<span style=${ground(share, 100)}>${text}</span>`)}</span
  >`;
}

/** The colour of a share of the largest value. */
function ground(share: number | null, most: number): string {
  if (share === null || share === 0) return "";
  const percent = Math.round(Math.abs(share) * most);
  return `background: color-mix(in oklab, var(${share > 0 ? "--high" : "--low"}) ${percent}%, transparent)`;
}
