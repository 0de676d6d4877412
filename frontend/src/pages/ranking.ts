/** Which map to believe: the methods of a run by their measured faithfulness, and the order of their cards by it. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { MethodEntry, Result } from "../contract";
import { COLUMNS, measurementOf, ranked, type Column, type Grade, type Interval, type Ranked } from "../state/believe";
import type { Answering } from "../state/explain";
import { t } from "../text";
import { number, percent } from "../theme/format";
import { base } from "../theme/styles";
import { nameOf } from "./chapters";
import type { Known } from "./explaining";
import { isMap, type Chosen } from "./maps";

@customElement("tessera-ranking")
export class Ranking extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        margin-block-end: 1rem;
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
        padding: 0.9rem 1.25rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        background: var(--paper);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1rem;
        align-items: baseline;
        justify-content: space-between;
      }
      h3 {
        font-size: 1.0625rem;
      }
      p {
        max-inline-size: 65ch;
      }
      tbody th {
        color: var(--ink);
        min-inline-size: 9rem;
        max-inline-size: 16rem;
      }
      td:last-child,
      th:last-child {
        padding-inline-end: 0;
      }
      .place {
        display: block;
        font-size: 0.75rem;
        font-weight: 400;
        color: var(--muted);
      }
      .best .place {
        color: var(--accent);
        font-weight: 620;
      }
      td:last-child {
        min-inline-size: 9rem;
      }
      .best > th {
        font-weight: 620;
      }
      .interval {
        display: block;
        font-size: 0.75rem;
        color: var(--muted);
        white-space: nowrap;
      }
      @media (max-width: 40rem) {
        section {
          padding: 0.9rem 0.85rem;
          margin-inline: -0.35rem;
        }
      }
      @media print {
        button {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) result!: Result;
  @property({ attribute: false }) methods: readonly MethodEntry[] = [];
  /** The model's name, where the page shows several. */
  @property() model = "";
  @property() order: "faithful" | "asked" = "asked";
  @property({ attribute: false }) reorder: (order: "faithful" | "asked") => void = () => undefined;

  protected override render(): TemplateResult | typeof nothing {
    const rows = ranked(this.result);
    if (rows.length < 2) return nothing;
    const orders = this.result.figures.orders?.value ?? 0;
    return html`<section aria-label=${t("believe.which")}>
      <header>
        <h3>${t("believe.which")}${this.model === "" ? nothing : html` <span class="muted">· ${this.model}</span>`}</h3>
        <button
          aria-pressed=${this.order === "faithful"}
          @click=${() => this.reorder(this.order === "faithful" ? "asked" : "faithful")}
        >
          ${t("believe.order")}
        </button>
      </header>
      <p class="small muted">${t("believe.shares")}</p>
      <div class="scroll-x" tabindex="0" role="group" aria-label=${t("believe.which")}>
        <table class="small">
          <thead>
            <tr>
              <th scope="col">${t("believe.method")}</th>
              ${COLUMNS.map((column) => html`<th scope="col" class="number">${nameOfColumn(column)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.row(row, orders))}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  private row(row: Ranked, orders: number): TemplateResult {
    return html`<tr class=${row.place}>
      <th scope="row">${nameOf(row.method, this.methods)}<span class="place">${this.place(row, orders)}</span></th>
      ${COLUMNS.map((column) => cell(valueOf(row, column), row.intervals[column], column))}
    </tr>`;
  }

  private place({ place, verdict }: Ranked, orders: number): string {
    if (verdict === "silent") return "";
    if (place === "tie") return t("believe.tie", { orders });
    return place === "best" ? `★ ${t("believe.best")}` : "";
  }
}

const nameOfColumn = (column: Column): string =>
  column === "deletion" || column === "insertion" ? t(`believe.${column}`) : column;

function valueOf(row: Grade, column: Column): number | null {
  switch (column) {
    case "deletion":
    case "insertion":
      return row[column];
    case "Soft-NS":
      return row.softNS;
    case "Soft-NC":
      return row.softNC;
  }
}

const whole = (share: number): string => percent(Math.round(100 * share) / 100);

function cell(value: number | null, interval: Interval | null, column: Column): TemplateResult {
  const said = column === "deletion" || column === "insertion" ? whole : number;
  return html`<td class="number">
    ${value === null ? "–" : said(value)}
    ${interval === null ? nothing : html`<span class="interval">${said(interval[0])} – ${said(interval[1])}</span>`}
  </td>`;
}

/** For each model of a chapter with measured maps, the table of them. */
export function rankings(
  groups: readonly Answering[],
  known: Known,
  chosen: Chosen,
  made: { several: boolean; order: "faithful" | "asked"; reorder: (order: "faithful" | "asked") => void },
): TemplateResult[] {
  const seen = new Set<string>();
  return groups.flatMap((group) => {
    const state = chosen(group);
    const result = isMap(group, known.methods) ? known.fetched(state.id) : null;
    const one = result && measurementOf(state.method, result, group.job, known);
    const found = one && known.fetched(one.id);
    if (!one || !found || seen.has(one.id)) return [];
    seen.add(one.id);
    return [
      html`<tessera-ranking
        .result=${found}
        .methods=${known.methods}
        .model=${made.several ? (group.job.model ?? "") : ""}
        .order=${made.order}
        .reorder=${made.reorder}
      ></tessera-ranking>`,
    ];
  });
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ranking": Ranking;
  }
}
