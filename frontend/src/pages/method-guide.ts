/** How a method's result is read: what more colour means, an example worked through, when not to trust it, its cost. */
import { css, html, nothing, type TemplateResult } from "lit";

import type { MethodEntry } from "../contract";
import { methodCaveat, methodReads } from "../forms/cards";
import { costSentence } from "../forms/cost-words";
import { t } from "../text";

type Guide = NonNullable<MethodEntry["guide"]>;
type Step = Guide["example"]["steps"][number];
type Paper = Guide["papers"][number];

export const guideStyles = css`
  .guide {
    display: grid;
    gap: 0.5rem;
    max-inline-size: 70ch;
    font-size: 0.9375rem;
    line-height: 1.5;
    color: var(--ink);
  }
  .guide h4 {
    margin-block-start: 0.5rem;
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .guide .example {
    display: grid;
    gap: 0.5rem;
    padding: 0.7rem 0.9rem;
    border-radius: 0.5rem;
    background: var(--sunken);
  }
  .guide ol {
    display: grid;
    gap: 0.35rem;
    counter-reset: step;
  }
  .guide ol li {
    display: grid;
    grid-template-columns: 1.4rem minmax(0, 1fr);
    counter-increment: step;
  }
  .guide ol li::before {
    content: counter(step) ".";
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .guide .sum {
    font-family: var(--mono, ui-monospace, monospace);
    font-size: 0.875em;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .guide .sum strong {
    white-space: nowrap;
  }
  .guide .papers {
    font-size: 0.875rem;
  }
`;

/** All that a method's card says to whoever reads its result; of a card without a guide, what it says in short. */
export function guideBody(card: MethodEntry): TemplateResult {
  const { guide } = card;
  return html`<div class="guide">
    <p><strong>${methodReads(card)}</strong>${guide ? html` ${guide.how}` : nothing}</p>
    ${guide ? worked(guide.example) : nothing}
    <h4>${t("guide.distrust")}</h4>
    ${guide ? html`<p>${guide.distrust}</p>` : nothing}
    ${card.caveat === "" ? nothing : html`<p>${methodCaveat(card)}</p>`}
    <h4>${t("guide.cost")}</h4>
    <p>${costSentence(card)}</p>
    ${guide ? papers(guide.papers) : nothing}
  </div>`;
}

function worked({ setting, steps, means }: Guide["example"]): TemplateResult {
  return html`<h4>${t("guide.example")}</h4>
    <div class="example">
      <p>${setting}</p>
      <ol>
        ${steps.map(
          ({ does, formula, gives }: Step) =>
            html`<li>
              <span
                >${does}<br /><span class="sum">${formula} = <strong>${signed(gives)}</strong></span></span
              >
            </li>`,
        )}
      </ol>
      <p>${means}</p>
    </div>`;
}

function papers(all: readonly Paper[]): TemplateResult {
  return html`<h4>${t("guide.papers", { count: all.length })}</h4>
    <ul class="papers">
      ${all.map(({ citation, year, id }) => {
        const address = addressOf(id);
        const name = id === "" ? nothing : address === null ? id : html`<a href=${address} rel="noreferrer">${id}</a>`;
        return html`<li>${citation}, ${String(year)}${id === "" ? nothing : html` · ${name}`}</li>`;
      })}
    </ul>`;
}

/** As formulas are written: with a minus, not a hyphen. */
const signed = (value: number): string => String(value).replace("-", "−");

/** Where a paper is found by its id; null for ids of other kinds. */
export function addressOf(id: string): string | null {
  const [, kind, rest] = /^(arXiv|doi):(.+)$/.exec(id) ?? [];
  if (rest === undefined) return null;
  return kind === "arXiv" ? `https://arxiv.org/abs/${rest}` : `https://doi.org/${rest}`;
}
