/** What else could have stood at each place: candidates with their probabilities. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { AlternativesPanel, Candidate, Strip } from "../contract";
import { decoded, row } from "../contract/arrays";
import { barStyles, probabilityBars, type Bar } from "../marks/bars";
import { t } from "../text";
import { count } from "../theme/format";
import { base } from "../theme/styles";
import { nameOf } from "../tokens/describe";
import { quoted } from "../tokens/visible";
import { stripOf, type PanelContext } from "./context";
import type { Choices } from "./unit-card";

/** A token that could stand at a unit, and whether it is the one that does. */
export interface Alternative {
  candidate: Candidate;
  probability: number;
  actual: boolean;
}

export function alternativesAt(panel: AlternativesPanel, strip: Strip, index: number): Alternative[] {
  const probabilities = row(decoded(panel.probabilities), [index]);
  const unit = strip.units[index];
  return Array.from(row(decoded(panel.choices), [index])).flatMap((choice, rank) => {
    const candidate = panel.candidates[choice];
    const probability = probabilities[rank] ?? NaN;
    if (candidate === undefined || Number.isNaN(probability)) return [];
    const actual = unit?.id == null ? candidate.bytes === unit?.bytes : candidate.id === unit.id;
    return [{ candidate, probability, actual }];
  });
}

/** Whether it is a token of the model's own vocabulary that a text may hold. */
export const isOwn = ({ special, id }: Candidate): boolean => !special && id >= 0;

export const nameOfCandidate = ({ special, text }: Candidate): string => (special ? text : quoted(text));

export interface Choosers {
  /** Goes on from another token. */
  branch?: ((token: Candidate) => void) | null;
  /** Asks why it is not another token. */
  against?: ((token: Candidate) => void) | null;
}

/**
 * The candidates at a unit, the one that stands in the text marked; null where the model said nothing. With `branch`
 * and `against` the others are there to be chosen.
 */
export function choicesAt(
  panel: AlternativesPanel,
  strip: Strip,
  index: number,
  { branch = null, against = null }: Choosers = {},
): Choices | null {
  const bars = alternativesAt(panel, strip, index).map(({ candidate, probability, actual }): Bar => {
    const open = !actual && isOwn(candidate);
    return {
      ...{ label: nameOfCandidate(candidate), value: probability, actual },
      choose: open && branch !== null ? () => branch(candidate) : null,
      against: open && against !== null ? () => against(candidate) : null,
    };
  });
  return bars.length === 0 ? null : { bars, covered: decoded(panel.covered).data[index] ?? NaN };
}

export const alternatives = (panel: AlternativesPanel, context: PanelContext): TemplateResult =>
  html`<tessera-alternatives .panel=${panel} .context=${context}></tessera-alternatives>`;

@customElement("tessera-alternatives")
export class AlternativesView extends LitElement {
  static override styles = [
    base,
    barStyles,
    css`
      ol {
        margin-block-start: 0.6rem;
        max-block-size: 30rem;
        overflow-y: auto;
        border-block: 1px solid var(--line);
      }
      li {
        display: grid;
        grid-template-columns: minmax(6rem, 10rem) 1fr;
        gap: 1rem;
        padding-block: 0.5rem;
        border-block-end: 1px solid var(--line);
        content-visibility: auto;
        contain-intrinsic-size: auto 6rem;
      }
      .name {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) panel!: AlternativesPanel;
  @property({ attribute: false }) context!: PanelContext;

  protected override render(): TemplateResult {
    const strip = stripOf(this.context, this.panel.strip);
    const rows = strip.units.flatMap((unit, index) => {
      const choices = choicesAt(this.panel, strip, index, { branch: this.context.branch?.(strip, index) });
      return choices === null ? [] : [{ unit, index, choices }];
    });
    return html`<details class="small">
      <summary>${count("alternatives.title", rows.length)}</summary>
      <ol>
        ${rows.map(
          ({ unit, index, choices }) =>
            html`<li>
              <span><span class="name">${nameOf(unit)}</span> <span class="muted small">${index}</span></span>
              ${probabilityBars(choices.bars)}
            </li>`,
        )}
        ${rows.length === 0 ? html`<li>${t("alternatives.none")}</li>` : nothing}
      </ol>
    </details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-alternatives": AlternativesView;
  }
}
