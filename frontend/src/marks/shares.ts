/** The parts of a whole as one bar, and what their colours stand for. */
import { css, html, type TemplateResult } from "lit";

import type { Share } from "../contract";
import { percent } from "../theme/format";
import { categoryColour } from "../theme/palette";

export const shareStyles = css`
  .shares {
    display: flex;
    block-size: 0.75rem;
    border-radius: 0.2rem;
    overflow: hidden;
    background: var(--sunken);
    print-color-adjust: exact;
  }
  .shares span + span {
    border-inline-start: 1px solid var(--paper);
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1rem;
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .keys i {
    display: inline-block;
    inline-size: 0.9em;
    block-size: 0.7em;
    margin-inline-end: 0.4em;
    border-radius: 0.15em;
  }
`;

/** `names` fixes the order of colours over all bars of a list. */
export function shareBar(shares: readonly Share[], names: readonly string[]): TemplateResult {
  const said = shares.map(({ label, value }) => `${label} ${percent(value)}`).join(", ");
  return html`<div class="shares" role="img" aria-label=${said} title=${said}>
    ${shares.map(
      ({ label, value }) =>
        html`<span style="inline-size: ${100 * value}%; background: ${categoryColour(names.indexOf(label))}"></span>`,
    )}
  </div>`;
}

export function shareKeys(names: readonly string[]): TemplateResult {
  return html`<div class="keys" aria-hidden="true">
    ${names.map((name, index) => html`<span><i style="background: ${categoryColour(index)}"></i>${name}</span>`)}
  </div>`;
}
