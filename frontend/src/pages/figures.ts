/** The figures of a result: a dial for each that lies between two known ends, the others as numbers. */
import { css, html, nothing, type TemplateResult } from "lit";

import type { Figure, Result } from "../contract";
import { dial, shareOf } from "../marks/dial";
import { quantity } from "../theme/format";

export const figureStyles = css`
  .figures {
    display: flex;
    flex-wrap: wrap;
    gap: 0.35rem 1.75rem;
    align-items: end;
  }
  .figures dt {
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .figures dd {
    font-size: 1.0625rem;
    font-weight: 550;
    font-variant-numeric: tabular-nums;
  }
  .figures .turned {
    display: flex;
    flex-direction: column-reverse;
    max-inline-size: 8.5rem;
    text-align: center;
    line-height: 1.3;
    align-self: start;
  }
`;

export function figures({ figures: all }: Pick<Result, "figures">): TemplateResult | typeof nothing {
  const list = Object.values(all);
  if (list.length === 0) return nothing;
  return html`<dl class="figures">${list.map((figure) => one(figure, shareOf(figure)))}</dl>`;
}

function one(figure: Figure, share: number | null): TemplateResult {
  if (share === null) {
    return html`<div>
      <dt>${figure.label}</dt>
      <dd>${quantity(figure.value, figure.unit)}</dd>
    </div>`;
  }
  return html`<div class="turned">
    <dt>${figure.label}</dt>
    <dd>${dial(figure, share)}</dd>
  </div>`;
}
