/** Numbers with a bar each, for short lists. */
import { css, html, nothing, type TemplateResult } from "lit";

import { t } from "../text";
import { percent } from "../theme/format";

export interface Bar {
  label: string;
  value: number;
  /** Set apart from the others: the token that stands in the text. */
  actual?: boolean;
  /** Makes the label a button. */
  choose?: (() => void) | null;
  /** Asks why it is the other one, and not this. */
  against?: (() => void) | null;
}

export const barStyles = css`
  .bars {
    display: grid;
    grid-template-columns: minmax(3rem, max-content) minmax(3rem, 1fr) max-content;
    gap: 0.15rem 0.6rem;
    align-items: center;
    font-variant-numeric: tabular-nums;
  }
  .bars.asking {
    grid-template-columns: minmax(3rem, max-content) minmax(3rem, 1fr) max-content max-content;
  }
  .bars button.against {
    min-block-size: 1.6rem;
    padding: 0 0.4rem;
    font-size: 0.78rem;
  }
  .bars .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
    max-inline-size: 14rem;
    unicode-bidi: plaintext;
  }
  .bars .actual {
    font-weight: 650;
  }
  .bars button.name {
    min-block-size: 1.6rem;
    padding: 0 0.4rem;
    margin-inline-start: -0.4rem;
    border-color: transparent;
    background: none;
    text-align: start;
    color: var(--accent);
  }
  .bars button.name:hover {
    background: var(--sunken);
  }
  .bars .track {
    block-size: 0.55rem;
    background: var(--sunken);
    border-radius: 0.15rem;
  }
  .bars .fill {
    block-size: 100%;
    border-radius: 0.15rem;
    background: var(--high);
    print-color-adjust: exact;
  }
`;

/** Probabilities as bars from 0 to 1. */
export function probabilityBars(bars: readonly Bar[]): TemplateResult {
  const asking = bars.some(({ against }) => against != null);
  return html`<div class="bars ${asking ? "asking" : ""}">
    ${bars.map(
      ({ label, value, actual, choose, against }) => html`
        ${
          choose
            ? html`<button class="name" title=${t("unit.go-on")} @click=${choose}>${label}</button>`
            : html`<span class="name ${actual ? "actual" : ""}"
                >${label}${actual ? html` <span class="muted">●</span>` : nothing}</span
              >`
        }
        <span class="track"><span class="fill" style="display: block; inline-size: ${100 * value}%"></span></span>
        <span class="number">${percent(value)}</span>
        ${
          against
            ? html`<button class="quiet against" aria-label=${t("targets.why-not", { token: label })} @click=${against}>
                ${t("targets.why-not-short")}
              </button>`
            : asking
              ? html`<span></span>`
              : nothing
        }
      `,
    )}
  </div>`;
}
