/** The controls of a comparison: how both are shown, on which scale, swapped. */
import { html, nothing, type TemplateResult } from "lit";

import type { Comparison } from "../state/compare";
import { VIEWS, type Comparing, type Manner } from "../state/comparing";
import { isLocked } from "../state/measured";
import { t } from "../text";

export function tools(
  comparing: Comparing,
  manner: Manner,
  comparison: Comparison,
  { picture, fixed }: { picture: boolean; fixed: boolean },
  change: (changes: Partial<Comparing>) => void,
): TemplateResult {
  const shown = VIEWS.filter((view) => view !== "under" || !picture);
  return html`<div class="tools">
    <div class="row" role="group" aria-label=${t("compare.manner")}>
      ${shown.map(
        (view) =>
          html`<button aria-pressed=${view === manner} @click=${() => change({ manner: view })}>
            ${t(`compare.${view}`)}
          </button>`,
      )}
    </div>
    ${
      isLocked(comparison)
        ? html`<div class="row" role="group" aria-label=${t("compare.scale")}>
            <button aria-pressed=${!comparing.ranks} @click=${() => change({ ranks: false })}>
              ${t("compare.values")}
            </button>
            <button aria-pressed=${comparing.ranks} @click=${() => change({ ranks: true })}>
              ${t("compare.ranks")}
            </button>
          </div>`
        : nothing
    }
    ${
      fixed
        ? nothing
        : html`<button class="quiet" @click=${() => change({ a: comparing.b, b: comparing.a })}>
            ${t("compare.swap")}
          </button>`
    }
  </div>`;
}
