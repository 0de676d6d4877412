/** What really changed, and what was predicted, as bars on one scale around zero, with their numbers. */
import { css, html, type TemplateResult } from "lit";

import { t } from "../text";
import { quantity } from "../theme/format";

export interface ChangeBar {
  label: string;
  change: number;
  /** What was computed, rather than predicted from scores. */
  real: boolean;
}

export interface Placed extends ChangeBar {
  /** From where to where the bar reaches, as shares of the width; zero lies in the middle. */
  from: number;
  to: number;
}

/** Bars on one scale, whose ends are ± the largest of them. */
export function placed(bars: readonly ChangeBar[]): Placed[] {
  const most = Math.max(...bars.map(({ change }) => Math.abs(change)), 1e-12);
  return bars.map((bar) => {
    const end = 0.5 + bar.change / most / 2;
    return { ...bar, from: Math.min(0.5, end), to: Math.max(0.5, end) };
  });
}

/** A change has a sign, plus too. */
export const signed = (change: number, unit: string): string =>
  change > 0 ? `+${quantity(change, unit)}` : quantity(change, unit);

export const changeStyles = css`
  .changes {
    display: grid;
    grid-template-columns: max-content minmax(4rem, 1fr) max-content;
    gap: 0.3rem 0.75rem;
    align-items: center;
    font-size: 0.875rem;
    max-inline-size: 42rem;
  }
  .changes > li {
    display: contents;
  }
  .changes .lane {
    position: relative;
    block-size: 0.9rem;
    background: linear-gradient(var(--muted), var(--muted)) center / 1px 100% no-repeat;
  }
  .changes .bar {
    position: absolute;
    inset-block: 0.1rem;
    border-radius: 1px;
    min-inline-size: 1px;
    border: 1px solid var(--high);
    background: repeating-linear-gradient(135deg, var(--high) 0 2px, transparent 2px 5px);
  }
  .changes .bar.below {
    border-color: var(--low);
    background: repeating-linear-gradient(45deg, var(--low) 0 2px, transparent 2px 5px);
  }
  .changes .real .bar {
    background: var(--high);
  }
  .changes .real .bar.below {
    background: var(--low);
  }
  .changes .real :is(.name, .number) {
    font-weight: 600;
  }
  @media (max-width: 40rem) {
    .changes {
      display: grid;
      grid-template-columns: 1fr;
    }
    .changes > li {
      display: grid;
      grid-template: "name number" "lane lane" / 1fr max-content;
      gap: 0.1rem 0.75rem;
    }
    .changes .name {
      grid-area: name;
    }
    .changes .number {
      grid-area: number;
    }
    .changes .lane {
      grid-area: lane;
    }
  }
  @media (forced-colors: active) {
    .changes .bar {
      border-color: CanvasText;
    }
    .changes .real .bar {
      background: CanvasText;
      forced-color-adjust: none;
    }
  }
`;

export function changeBars(bars: readonly ChangeBar[], unit: string): TemplateResult {
  return html`<ul class="changes" aria-label=${t("what-if.changes")}>
    ${placed(bars).map(
      ({ label, change, real, from, to }) =>
        html`<li class=${real ? "real" : "predicted"}>
          <span class="name">${label}</span>
          <span class="lane" aria-hidden="true"
            ><span
              class="bar ${change < 0 ? "below" : ""}"
              style="left: ${100 * from}%; width: ${100 * (to - from)}%"
            ></span
          ></span>
          <span class="number">${signed(change, unit)}</span>
        </li>`,
    )}
  </ul>`;
}
