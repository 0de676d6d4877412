/** Groups of units: brackets under runs, claims underlined in their text, or cards of texts that belong together. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Group, GroupsPanel } from "../contract";
import type { UnitEnter, UnitSelect } from "../marks/events";
import { popup } from "../marks/popup";
import { shareBar, shareKeys, shareStyles } from "../marks/shares";
import { Looking, type GroupId } from "../state/view";
import { t } from "../text";
import { count, number, percent, quantity } from "../theme/format";
import { PreferencesController } from "../theme/preferences";
import { base } from "../theme/styles";
import { nameOf } from "../tokens/describe";
import { quoted } from "../tokens/visible";
import { stripOf, type PanelContext } from "./context";
import { groupStyles } from "./group-styles";
import { memberships, shareNames, stripsOf, type Membership } from "./group-units";
import { groups as numbers, textsOfGroup } from "./tables";
import "../marks/token-strip";

export const groups = (panel: GroupsPanel, context: PanelContext): TemplateResult =>
  html`<tessera-groups .panel=${panel} .context=${context}></tessera-groups>`;

@customElement("tessera-groups")
export class GroupsView extends LitElement {
  static override styles = [base, shareStyles, groupStyles];

  @property({ attribute: false }) panel!: GroupsPanel;
  @property({ attribute: false }) context!: PanelContext;
  @state() private pointed: number | null = null;
  private members = new Map<string, Map<number, Membership>>();
  private names: string[] = [];
  private readonly preferences = new PreferencesController(this);
  private readonly look = new Looking(this, () => this.context.look);

  /** Index of the group that a person has chosen; null where this result has none such. */
  private get chosen(): number | null {
    const { group: id } = this.look.value;
    const index = id == null ? -1 : this.panel.groups.findIndex((group) => isSame(idOf(group), id));
    return index < 0 ? null : index;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("panel")) return;
    const { groups: all } = this.panel;
    this.members = new Map(stripsOf(all).map((strip) => [strip, memberships(all, strip)]));
    this.names = shareNames(all);
  }

  protected override render(): TemplateResult {
    const { label, style, groups: all } = this.panel;
    return html`
      ${label === "" ? nothing : html`<h4>${label}</h4>`}
      ${all.length === 0 ? html`<p class="small muted">${t("groups.none")}</p>` : nothing}
      ${style === "cards" ? this.cards() : [...this.members.keys()].map((strip) => this.text(strip))}
      ${this.names.length > 0 ? shareKeys(this.names) : nothing} ${style === "underline" ? this.list() : nothing}
      <details class="small">
        <summary>${count("groups.numbers", all.length)}</summary>
        ${numbers(this.panel, this.context)}
      </details>
    `;
  }

  private text(id: string): TemplateResult {
    const strip = stripOf(this.context, id);
    const on = this.pointed ?? this.chosen;
    return html`<tessera-token-strip
      .strip=${strip}
      .invisible=${this.preferences.value.invisible}
      .describe=${(unit: number) => this.describe(id, unit)}
      .classOf=${(unit: number) => this.stateOf(id, unit, on)}
      .noteOf=${this.panel.style === "brackets" ? (unit: number) => this.noteOf(id, unit) : null}
      @unit-enter=${({ index, anchor, by }: UnitEnter) => this.enter(id, index, anchor, by)}
      @unit-leave=${() => popup().hide()}
      @unit-select=${({ index }: UnitSelect) => this.choose(this.memberOf(id, index)?.groups[0] ?? null)}
    ></tessera-token-strip>`;
  }

  private list(): TemplateResult {
    return html`<ol class="list">
      ${this.panel.groups.map(
        (group, index) =>
          html`<li>
            <button
              class="quiet"
              aria-pressed=${this.chosen === index}
              title=${t("groups.where")}
              @click=${() => this.choose(this.chosen === index ? null : index)}
              @pointerenter=${() => (this.pointed = index)}
              @pointerleave=${() => (this.pointed = null)}
            >
              <span dir="auto">${group.label}</span>
              <span class="number">${quantity(group.value, group.unit)}</span>
            </button>
            ${group.shares.length > 0 ? shareBar(group.shares, this.names) : nothing}
          </li>`,
      )}
    </ol>`;
  }

  private cards(): TemplateResult {
    return html`<ol class="cards">
      ${this.panel.groups.map((group) => {
        const texts = textsOfGroup(this.context, group);
        return html`<li>
          <h5>
            <span dir="auto">${group.label}</span>
            <span class="number">${group.value === null ? nothing : quantity(group.value, group.unit)}</span>
          </h5>
          ${group.shares.length > 0 ? shareBar(group.shares, this.names) : nothing}
          <ul>
            ${texts.map((text) => html`<li dir="auto">${text.trim()}</li>`)}
          </ul>
        </li>`;
      })}
    </ol>`;
  }

  private memberOf(strip: string, unit: number): Membership | undefined {
    return this.members.get(strip)?.get(unit);
  }

  private stateOf(strip: string, unit: number, on: number | null): string {
    const member = this.memberOf(strip, unit);
    if (member === undefined) return "";
    const bracket = this.panel.style === "brackets" ? "bracket" : "";
    const ends = `${member.first ? "first" : ""} ${member.last ? "last" : ""}`;
    return `grouped ${bracket} ${ends} ${on !== null && member.groups.includes(on) ? "on" : ""}`;
  }

  /** The value of the group that begins here, where what it holds is long enough to write it below. */
  private noteOf(strip: string, unit: number): string {
    const member = this.memberOf(strip, unit);
    const group = this.panel.groups[member?.groups[0] ?? -1];
    if (member?.first !== true || group?.value == null) return "";
    const range = group.ranges.find(([from]) => from === unit);
    const text = range === undefined ? "" : textsOfGroup(this.context, { ...group, ranges: [range] }).join("");
    const note = number(group.value);
    return Array.from(text.trim()).length >= note.length ? note : "";
  }

  private describe(strip: string, unit: number): string {
    const own = stripOf(this.context, strip).units[unit];
    const said = this.groupsAt(strip, unit).map(({ label, value, unit: of }) =>
      value === null ? label : `${label}, ${quantity(value, of)}`,
    );
    return `${own === undefined ? "" : nameOf(own)}${said.length === 0 ? "" : `: ${said.join("; ")}`}`;
  }

  private groupsAt(strip: string, unit: number): Group[] {
    return (this.memberOf(strip, unit)?.groups ?? []).flatMap((index) => this.panel.groups[index] ?? []);
  }

  private choose(index: number | null): void {
    const group = this.panel.groups[index ?? -1];
    this.look.set({ group: group === undefined ? null : idOf(group) });
  }

  private enter(strip: string, unit: number, anchor: Element, by: "pointer" | "keyboard"): void {
    const found = this.groupsAt(strip, unit);
    if (found.length === 0) popup().hide();
    else popup().show(anchor, html`${found.map((group) => groupCard(group, textsOfGroup(this.context, group)))}`, by);
  }
}

const idOf = ({ label, strip, ranges }: Group): GroupId => ({ label, strip, from: ranges[0]?.[0] ?? null });

const isSame = (one: GroupId, other: GroupId): boolean =>
  one.label === other.label && one.strip === other.strip && one.from === other.from;

function groupCard({ label, value, unit, shares, ranges }: Group, texts: readonly string[]): TemplateResult {
  const tokens = ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  const text = texts.join(" … ");
  return html`<div class="title">${label}</div>
    ${text.trim() === label.trim() ? nothing : html`<div class="fine">${quoted(text)}</div>`}
    <dl>
      ${
        value === null
          ? nothing
          : html`<dt>${t("unit.value")}</dt>
              <dd class="shown">${quantity(value, unit)}</dd>`
      }
      ${shares.map(
        (share) =>
          html`<dt>${share.label}</dt>
            <dd>${percent(share.value)}</dd>`,
      )}
    </dl>
    <div class="fine">${count("count.tokens", tokens)}</div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-groups": GroupsView;
  }
}
