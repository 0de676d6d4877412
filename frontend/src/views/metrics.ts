/** What each tokenizer makes of a text, in numbers: a row per figure, a column per tokenizer, in any figure's order. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Metric, SegmentationsPanel } from "../contract";
import { Looking, ViewStore } from "../state/view";
import { t } from "../text";
import { quantity } from "../theme/format";
import { base } from "../theme/styles";

interface Sorting {
  metric: number;
  down: boolean;
}

@customElement("tessera-metrics")
export class Metrics extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
        min-inline-size: 0;
      }
      table {
        font-size: 0.875rem;
      }
      thead th {
        vertical-align: bottom;
        max-inline-size: 9rem;
        color: var(--ink);
      }
      tbody th {
        max-inline-size: 22rem;
      }
      tbody th button {
        min-block-size: 1.5rem;
        padding: 0;
        color: var(--ink);
        font-weight: 550;
        text-align: start;
      }
      tbody th button:hover:not(:disabled) {
        background: none;
        text-decoration: underline;
      }
      .meaning {
        display: block;
        font-size: 0.8125rem;
        font-weight: 400;
      }
      .notes {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr));
        gap: 1rem;
        padding-block-start: 0.75rem;
      }
    `,
  ];

  @property({ attribute: false }) names: readonly string[] = [];
  @property({ attribute: false }) panel!: SegmentationsPanel;
  /** What a person has made of the panel. */
  @property({ attribute: false }) look = new ViewStore().look("");
  private readonly looking = new Looking(this, () => this.look);

  private get sorting(): Sorting | null {
    return this.looking.value.sorting ?? null;
  }

  protected override render(): TemplateResult {
    const order = sortedBy(this.panel.metrics, this.sorting, this.names.length);
    return html`
      <div class="scroll-x">
        <table>
          <caption class="hidden-visually">
            ${t("metrics.caption")}
          </caption>
          <thead>
            <tr>
              <td></td>
              ${order.map((row) => html`<th scope="col" class="number">${row + 1} ${this.names[row]}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${this.panel.metrics.map((metric, index) => this.metric(metric, index, order))}
          </tbody>
        </table>
      </div>
      ${this.panel.notes.length === 0 ? nothing : this.notes()}
    `;
  }

  private metric(metric: Metric, index: number, order: readonly number[]): TemplateResult {
    const sorted = this.sorting?.metric === index ? this.sorting : null;
    const mark = sorted === null ? "" : sorted.down ? " ←" : " →";
    const sort = (): void => {
      this.look.set({ sorting: { metric: index, down: sorted !== null && !sorted.down } });
    };
    return html`<tr>
      <th scope="row">
        <button class="quiet" aria-pressed=${sorted !== null} title=${t("metrics.order")} @click=${sort}>
          ${metric.label}${mark}</button
        ><span class="meaning">${metric.meaning}</span>
      </th>
      ${order.map((row) => html`<td class="number">${quantity(metric.values[row], metric.unit)}</td>`)}
    </tr>`;
  }

  private notes(): TemplateResult {
    return html`<details class="small">
      <summary>${t("metrics.notes")}</summary>
      <div class="notes">
        ${this.names.map(
          (name, row) =>
            html`<section>
              <h4>${row + 1} ${name}</h4>
              ${(this.panel.notes[row] ?? []).map((note) => html`<p class="muted">${note}</p>`)}
            </section>`,
        )}
      </div>
    </details>`;
  }
}

/** The rows in the order of a metric, those without a value last; in their own order without one. */
export function sortedBy(metrics: readonly Metric[], sorting: Sorting | null, count: number): number[] {
  const rows = Array.from({ length: count }, (_, row) => row);
  if (sorting === null) return rows;
  const values = metrics[sorting.metric]?.values ?? [];
  const sign = sorting.down ? -1 : 1;
  const rank = (row: number): number => values[row] ?? sign * Infinity;
  return rows.toSorted((one, other) => (rank(one) === rank(other) ? 0 : sign * (rank(one) - rank(other))));
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-metrics": Metrics;
  }
}
