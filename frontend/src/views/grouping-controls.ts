/** What one number is shown for, by which rule, and the regular expression where there is one. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Strip, Track } from "../contract";
import { t } from "../text";
import { base } from "../theme/styles";
import { matching, MatchingController, type Matched } from "../tokens/matching";
import { fault } from "../tokens/pattern";
import type { Rule } from "../tokens/spans";
import { GRAINS, ruleOf, type Grouping } from "./grouping";

type Change = (changes: Partial<Grouping>) => void;

export function groupingControls(
  strip: Strip,
  track: Track,
  grouping: Grouping,
  change: Change,
): TemplateResult | typeof nothing {
  // Of names, words have no number.
  if (track.aggregate.length === 0) return nothing;
  const by = (event: Event): void => change({ by: (event.target as HTMLSelectElement).value as Grouping["by"] });
  return html`<label class="row muted" title=${t("group.by-hint")}>
      ${t("group.by")}
      <select aria-label=${t("group.by-hint")} @change=${by}>
        ${GRAINS.map(
          (one) => html`<option value=${one} ?selected=${one === grouping.by}>${t(`group.by-${one}`)}</option>`,
        )}
      </select>
    </label>
    ${
      grouping.by === "pattern"
        ? html`<tessera-pattern-field
            .strip=${strip}
            .pattern=${grouping.pattern ?? ""}
            .change=${change}
          ></tessera-pattern-field>`
        : nothing
    }
    ${["words", "sentences", "lines", "pattern"].includes(grouping.by) ? rules(track, grouping, change) : nothing}`;
}

function rules(track: Track, grouping: Grouping, change: Change): TemplateResult {
  const choose = (event: Event): void => change({ rule: (event.target as HTMLSelectElement).value as Rule });
  const shown = ruleOf(track, grouping);
  const named = (rule: Rule, first: boolean): string =>
    first && track.aggregate.length > 1 ? t("group.fits-best", { rule: t(`rule.${rule}`) }) : t(`rule.${rule}`);
  return html`<label class="row muted">
    <select aria-label=${t("group.rule")} @change=${choose}>
      ${track.aggregate.map(
        (one, index) => html`<option value=${one} ?selected=${one === shown}>${named(one, index === 0)}</option>`,
      )}
    </select>
    ${t("group.of-its-tokens")}
  </label>`;
}

/** Above the numbers of tokens that are drawn byte by byte. */
export function bytesNote({ units }: Strip, { by }: Grouping): TemplateResult | typeof nothing {
  const own = units.some(({ kind }) => kind === "byte");
  return by === "bytes" && !own ? html`<p class="small muted">${t("group.bytes-note")}</p>` : nothing;
}

/** A moment after the last letter. */
const PAUSE = 250;

/** Where an expression is typed. What is wrong is said, and stays as it was typed; the text shows the last good one. */
@customElement("tessera-pattern-field")
export class PatternField extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.6rem;
        align-items: center;
        min-inline-size: 0;
      }
      input {
        inline-size: 15rem;
        max-inline-size: 100%;
        min-block-size: 2rem;
        padding-block: 0;
        font-family: var(--mono);
        font-size: 0.9em;
      }
      input[aria-invalid="true"] {
        border-color: var(--danger);
      }
      .wrong {
        color: var(--danger);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) strip!: Strip;
  @property() pattern = "";
  @property({ attribute: false }) change!: Change;
  /** As it is being typed; null once the text shows it. */
  @state() private typed: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new MatchingController(this);
  }

  protected override render(): TemplateResult {
    const { typed, wrong } = this;
    return html`<input
        type="text"
        spellcheck="false"
        autocapitalize="off"
        autocomplete="off"
        placeholder="red|blue"
        aria-label=${t("group.pattern")}
        title=${t("group.pattern-hint")}
        aria-invalid=${wrong !== null}
        aria-describedby="said"
        .value=${typed ?? this.pattern}
        @input=${this.input}
        @change=${this.take}
      />
      <span id="said" role="status" class=${wrong === null ? "muted" : "wrong"}>${wrong ?? this.told()}</span>`;
  }

  private get wrong(): string | null {
    const message = fault(this.typed ?? this.pattern);
    return message === null ? null : t("group.pattern-wrong", { message });
  }

  private told(): string {
    if (this.pattern === "") return "";
    return said(matching(this.strip.units, this.pattern));
  }

  private readonly input = ({ target }: Event): void => {
    this.typed = (target as HTMLInputElement).value;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.take, PAUSE);
  };

  private readonly take = (): void => {
    clearTimeout(this.timer);
    const { typed } = this;
    if (typed === null || fault(typed) !== null) return;
    this.typed = null;
    this.pattern = typed;
    this.change({ pattern: typed });
  };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }
}

function said(found: Matched): string {
  switch (found.kind) {
    case "waiting":
      return t("group.pattern-waiting");
    case "slow":
      return t("group.pattern-slow");
    case "wrong":
      return t("group.pattern-wrong", { message: found.message });
    case "done":
      return t("group.pattern-count", { count: found.cut.matches.filter(Boolean).length });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-pattern-field": PatternField;
  }
}
