/** What a result explains, in a line above it: which units or class, by which quantity, rather than what. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { ResolvedTarget, Strip } from "../contract";
import { allows, askedOf, QUANTITIES, usual, type Asked, type Quantity } from "../state/targets";
import { rich, t } from "../text";
import { percent, quantity as spelt } from "../theme/format";
import { base } from "../theme/styles";
import { quoted } from "../tokens/visible";
import { alternativesAt, isOwn, nameOfCandidate } from "./alternatives";
import { alternativesOf, type PanelContext } from "./context";

const OTHER = "other";
const bold = (inside: readonly unknown[]): TemplateResult => html`<strong>${inside}</strong>`;

export const targets = (context: PanelContext): TemplateResult | typeof nothing =>
  context.result.target === null ? nothing : html`<tessera-targets .context=${context}></tessera-targets>`;

@customElement("tessera-targets")
export class TargetsView extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 0.4rem;
        font-size: 0.875rem;
      }
      .row {
        gap: 0.35rem 0.9rem;
      }
      label,
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem;
        color: var(--muted);
      }
      select,
      input,
      form button {
        min-block-size: 2rem;
        padding-block: 0;
        max-inline-size: 14rem;
      }
      /* As high with a question as without: what is being pointed at must not move away. */
      .line {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: 0.75rem;
        min-block-size: 2.75rem;
      }
      .line p {
        overflow-wrap: anywhere;
      }
      .line button {
        flex: none;
      }
      .coming {
        display: block;
        border-inline-start: 3px solid var(--accent);
        padding-inline-start: 0.6rem;
      }
    `,
  ];

  @property({ attribute: false }) context!: PanelContext;
  /** Whether a text is about to be typed. */
  @state() private typing = false;

  protected override render(): TemplateResult | typeof nothing {
    const { target } = this.context.result;
    if (target === null) return nothing;
    const { asked, explain } = this.context;
    return html`<div class="line">
        <p>${this.news() ?? this.explained(target)}</p>
        <button
          class="quiet"
          title=${t("targets.back-hint")}
          ?hidden=${asked === null || explain === null}
          @click=${() => explain?.(null)}
        >
          ${t("targets.back")}
        </button>
      </div>
      ${this.askable ? this.controls(target) : nothing}`;
  }

  /** Whether another target would have another answer. */
  private get askable(): boolean {
    return this.context.explain !== null && this.context.result.lens === "importance";
  }

  private explained(target: ResolvedTarget): unknown {
    const { class_label, text, contrast_ids, contrast_text, value, quantity } = target;
    const parts = { what: class_label ?? quoted(text), other: other(class_label, contrast_text), b: bold };
    const against = contrast_ids.length > 0;
    const said = { quantity: t(`targets.${quantity}`), value: spelt(value, "") };
    const number = value === null ? nothing : t(against ? "targets.difference" : "targets.value", said);
    return [rich(against ? "targets.explains-against" : "targets.explains", parts), " ", number];
  }

  /** What has become of the question, as long as its answer is not what is shown. */
  private news(): TemplateResult | null {
    const { asked, waiting, refused } = this.context;
    if (asked === null || (!waiting && refused === null)) return null;
    const parts = { what: this.nameOf(asked), other: this.otherOf(asked), b: bold };
    if (refused !== null) {
      return html`<span class="coming" role="alert">${rich("targets.refused", { ...parts, why: refused })}</span>`;
    }
    const key = asked.contrast ? "targets.coming-against" : "targets.coming";
    return html`<span class="coming" role="status">${rich(key, parts)}</span>`;
  }

  private controls(target: ResolvedTarget): TemplateResult {
    const now = this.context.asked ?? askedOf(target);
    const classes = now.from === undefined ? this.context.labels : [];
    return html`<div class="row" role="group" aria-label=${t("targets.controls")}>
      ${
        classes.length === 0
          ? nothing
          : html`<label>
              ${t("targets.class")}
              <select
                aria-label=${t("targets.class-which")}
                @change=${(event: Event) => this.choose(now, { class: Number(valueOf(event)) })}
              >
                ${classes.map(
                  (label, id) => html`<option value=${id} .selected=${isClass(now.class, id, label)}>${label}</option>`,
                )}
              </select>
            </label>`
      }
      ${now.from === undefined ? this.classContrast(now) : this.tokenContrast(now)} ${this.quantities(now)}
    </div>`;
  }

  private quantities(now: Asked): TemplateResult {
    const shown = now.quantity ?? usual(now);
    return html`<label>
      ${t("targets.by")}
      <select
        aria-label=${t("targets.quantity")}
        @change=${(event: Event) => this.choose(now, { quantity: valueOf(event) as Quantity })}
      >
        ${QUANTITIES.map(
          (one) =>
            html`<option value=${one} .selected=${one === shown} ?disabled=${!allows(now, one)}>
              ${t(`targets.${one}`)}
            </option>`,
        )}
      </select>
    </label>`;
  }

  private classContrast(now: Asked): TemplateResult | typeof nothing {
    if (this.context.labels.length === 0) return nothing;
    const options = this.context.labels.flatMap((label, id) =>
      isClass(now.class, id, label)
        ? []
        : [{ value: String(id), label, selected: isClass(now.contrast?.class, id, label) }],
    );
    return this.contrastSelect(now, options, (value) => ({ class: Number(value) }));
  }

  private tokenContrast(now: Asked): TemplateResult {
    const [given] = now.contrast?.ids ?? [];
    const known = this.alternatives(now).map(({ id, label, probability }) => {
      return { value: String(id), label: `${label} ${percent(probability)}`, selected: id === given };
    });
    const listed = known.some(({ selected }) => selected);
    const own = now.contrast !== undefined && !listed;
    const options = own ? [...known, { value: "", label: this.otherOf(now), selected: true }] : known;
    return html`${this.contrastSelect(now, options, (value) => ({ ids: [Number(value)] }), OTHER)}
    ${this.typing ? this.field(now) : nothing}`;
  }

  private contrastSelect(
    now: Asked,
    options: readonly { value: string; label: string; selected: boolean }[],
    contrast: (value: string) => NonNullable<Asked["contrast"]>,
    more?: typeof OTHER,
  ): TemplateResult {
    const change = (event: Event): void => {
      const value = valueOf(event);
      this.typing = value === OTHER;
      if (value === "none") this.choose(now, { contrast: undefined });
      else if (value !== OTHER && value !== "") this.choose(now, { contrast: contrast(value) });
    };
    return html`<label>
      ${t("targets.rather-than")}
      <select class="against" aria-label=${t("targets.contrast")} @change=${change}>
        <option value="none" .selected=${now.contrast === undefined && !this.typing}>${t("targets.nothing")}</option>
        ${options.map(({ value, label, selected }) => html`<option value=${value} .selected=${selected && !this.typing}>${label}</option>`)}
        ${more === undefined ? nothing : html`<option value=${more} .selected=${this.typing}>${t("targets.other")}</option>`}
      </select>
    </label>`;
  }

  private field(now: Asked): TemplateResult {
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      const typed = this.renderRoot.querySelector("input")?.value ?? "";
      const token = meant(typed, this.textOf(now));
      if (token === "") return;
      this.typing = false;
      this.choose(now, { contrast: { token } });
    };
    const leave = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.typing = false;
      this.renderRoot.querySelector<HTMLElement>(".against")?.focus();
    };
    return html`<form @submit=${submit} @keydown=${leave}>
      <input
        type="text"
        size="12"
        autocomplete="off"
        spellcheck="false"
        aria-label=${t("targets.other-label")}
        title=${t("targets.other-hint")}
      />
      <button>${t("targets.ask")}</button>
    </form>`;
  }

  /** Only as the field appears: what comes meanwhile must not take the keyboard. */
  protected override updated(changed: PropertyValues): void {
    if (this.typing && changed.has("typing")) this.renderRoot.querySelector("input")?.focus();
  }

  private choose(now: Asked, changes: Partial<Asked>): void {
    const next = { ...now, ...changes };
    if (next.contrast !== undefined && next.contrast.class === next.class && next.class !== undefined) {
      delete next.contrast;
    }
    if (next.contrast === undefined) delete next.contrast;
    if (next.quantity === usual(next) || !allows(next, next.quantity ?? usual(next))) delete next.quantity;
    this.context.explain?.(next);
  }

  /** What else could have stood there, of the model's own vocabulary. */
  private alternatives({ strip: id, from, to }: Asked): { id: number; label: string; probability: number }[] {
    const strip = this.stripOf(id);
    const panel = strip && from !== undefined && to === from + 1 ? alternativesOf(this.context, strip) : null;
    if (!panel || !strip || from === undefined) return [];
    return alternativesAt(panel, strip, from).flatMap(({ candidate, probability, actual }) =>
      actual || !isOwn(candidate) ? [] : [{ id: candidate.id, label: nameOfCandidate(candidate), probability }],
    );
  }

  private stripOf(id: string): Strip | undefined {
    return this.context.result.strips.find((strip) => strip.id === id);
  }

  private textOf({ strip, from = 0, to = 0 }: Asked): string {
    const units = this.stripOf(strip)?.units.slice(from, to) ?? [];
    return units.map((unit) => (unit.special ? (unit.surface ?? "") : (unit.text ?? ""))).join("");
  }

  private nameOf(asked: Asked): string {
    if (asked.from !== undefined) return quoted(this.textOf(asked));
    return typeof asked.class === "number" ? (this.context.labels[asked.class] ?? "") : (asked.class ?? "");
  }

  private otherOf({ contrast, ...asked }: Asked): string {
    if (contrast === undefined) return "";
    if (contrast.class != null) return this.nameOf({ ...asked, class: contrast.class });
    if (contrast.token != null) return quoted(contrast.token);
    const { target } = this.context.result;
    if (String(target?.contrast_ids) === String(contrast.ids)) return quoted(target?.contrast_text ?? "");
    const known = this.alternatives(asked).find(({ id }) => id === contrast.ids?.[0]);
    return known?.label ?? (contrast.ids ?? []).join(" ");
  }
}

const valueOf = (event: Event): string => (event.target as HTMLSelectElement).value;

const isClass = (wanted: number | string | null | undefined, id: number, label: string): boolean =>
  wanted === id || wanted === label;

const other = (class_label: string | null, text: string): string => (class_label === null ? quoted(text) : text);

/** As typed in quotation marks; else with the space that the explained text begins with. */
export function meant(typed: string, explained: string): string {
  const exact = /^["“](.+)["”]$/s.exec(typed);
  if (exact) return exact[1] ?? "";
  return typed.trim() !== "" && explained.startsWith(" ") && !/^\s/.test(typed) ? ` ${typed}` : typed;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-targets": TargetsView;
  }
}
