/** Everything that can be done on the page, found by a few letters: Ctrl+K, or Cmd+K on a Mac. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { search } from "../state/fuzzy";
import { asksBy, focused, GROUPS, Shortcuts, shortcuts, type Group, type Shortcut } from "../state/shortcuts";
import { t } from "../text";
import { base } from "../theme/styles";
import { GROUP_NAMES, keyCaps, keyStyles } from "./key-caps";

/** What is chosen with "token 12": the action that has to be told a number, and the number. */
const TOLD = /^(.*?)\s*(\d+)$/;

@customElement("tessera-palette")
export class Palette extends LitElement {
  static override styles = [
    base,
    keyStyles,
    css`
      dialog {
        inline-size: min(38rem, calc(100vw - 1.5rem));
        max-block-size: min(34rem, 80vh);
        margin-block-start: 10vh;
        padding: 0;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        background: var(--raised);
        color: var(--ink);
        overflow: hidden;
      }
      dialog[open] {
        display: flex;
        flex-direction: column;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.35);
      }
      input {
        inline-size: 100%;
        min-block-size: 3.25rem;
        padding: 0.5rem 1.1rem;
        border: 0;
        border-block-end: 1px solid var(--line);
        background: none;
        font-size: 1.0625rem;
      }
      input:focus-visible {
        outline-offset: -2px;
        border-radius: 0.7rem 0.7rem 0 0;
      }
      .list {
        min-block-size: 0;
        overflow-y: auto;
        padding: 0.4rem;
      }
      h3 {
        padding: 0.5rem 0.7rem 0.2rem;
        font-size: 0.8125rem;
        font-weight: 500;
        color: var(--muted);
      }
      [role="option"] {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        min-block-size: 2.25rem;
        padding: 0.3rem 0.7rem;
        border-radius: 0.4rem;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      [role="option"][aria-selected="true"] {
        background: color-mix(in oklab, var(--accent) 16%, var(--raised));
        box-shadow: inset 3px 0 var(--accent);
      }
      p {
        padding: 0.9rem 1.1rem;
      }
    `,
  ];

  @state() private typed = "";
  /** Index of the option that Enter chooses. */
  @state() private active = 0;
  /** The action that is to be told something. */
  @state() private asked: Shortcut | null = null;
  /** What could be done when it was opened. */
  @state() private known: readonly Shortcut[] = [];
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("input") private input!: HTMLInputElement;

  constructor() {
    super();
    new Shortcuts(this, () => [
      { id: "palette", label: t("palette.open"), group: "page", keys: "mod+k", run: () => this.toggle() },
    ]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    asksBy((shortcut) => this.open(shortcut));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    asksBy(null);
  }

  /** Opens with all actions, or asking what this one has to be told. */
  open(asked: Shortcut | null = null): void {
    this.known = shortcuts(focused()).filter(({ id }) => id !== "palette");
    this.typed = "";
    this.active = 0;
    this.asked = asked;
    this.input.value = "";
    this.dialog.showModal();
  }

  private toggle(): void {
    if (this.dialog.open) this.dialog.close();
    else this.open();
  }

  protected override render(): TemplateResult {
    const found = this.found();
    const label = this.asked?.asks ?? t("palette.placeholder");
    return html`<dialog aria-label=${this.asked?.label ?? t("palette.title")} @click=${this.outside}>
      <input
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck="false"
        aria-expanded=${this.asked === null}
        aria-controls="list"
        aria-autocomplete="list"
        aria-activedescendant=${found.length > 0 && this.asked === null ? `option-${this.active}` : nothing}
        aria-label=${label}
        placeholder=${label}
        @input=${this.type}
        @keydown=${this.key}
      />
      <div class="list" id="list" role="listbox" aria-label=${t("palette.title")} ?hidden=${this.asked !== null}>
        ${this.typed.trim() === "" ? this.groups(found) : found.map((each, index) => this.option(each, index))}
      </div>
      <p class="muted" role="status" ?hidden=${found.length > 0 || this.asked !== null}>${t("palette.none")}</p>
    </dialog>`;
  }

  private groups(found: readonly Shortcut[]): unknown {
    return GROUPS.map((group: Group) => {
      const own = found.filter((each) => each.group === group);
      return own.length === 0
        ? nothing
        : html`<div role="group" aria-labelledby=${`group-${group}`}>
            <h3 id=${`group-${group}`} role="presentation">${GROUP_NAMES[group]}</h3>
            ${own.map((each) => this.option(each, found.indexOf(each)))}
          </div>`;
    });
  }

  private option({ label, keys }: Shortcut, index: number): TemplateResult {
    return html`<div
      id=${`option-${index}`}
      role="option"
      aria-selected=${index === this.active}
      @pointermove=${() => (this.active = index)}
      @click=${() => this.choose(index)}
    >
      <span>${label}</span>${keys === undefined ? nothing : keyCaps(keys)}
    </div>`;
  }

  /** What fits the letters; a number at their end goes to the actions that have to be told one. */
  private found(): readonly Shortcut[] {
    const [, words = "", number = ""] = TOLD.exec(this.typed) ?? [];
    const told = number === "" ? [] : this.known.filter(({ asks }) => asks !== undefined);
    return [
      ...search(words, told, ({ label }) => label).map((each) => ({
        ...each,
        label: `${each.label} ${number}`,
        asks: undefined,
        run: () => each.run(number),
      })),
      ...search(this.typed, this.known, ({ label }) => label),
    ];
  }

  private readonly type = (): void => {
    this.typed = this.input.value;
    this.active = 0;
  };

  private readonly key = (event: KeyboardEvent): void => {
    const last = this.found().length - 1;
    const move: Record<string, () => number> = {
      ArrowDown: () => (this.active >= last ? 0 : this.active + 1),
      ArrowUp: () => (this.active <= 0 ? last : this.active - 1),
      PageDown: () => Math.min(last, this.active + 8),
      PageUp: () => Math.max(0, this.active - 8),
    };
    const to = this.asked === null && last >= 0 ? move[event.key] : undefined;
    if (event.key === "Enter" && !event.isComposing) this.choose(this.active);
    else if (to) this.active = to();
    else return;
    event.preventDefault();
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }),
    );
  };

  private choose(index: number): void {
    const { asked } = this;
    const chosen = asked ?? this.found()[index];
    if (!chosen) return;
    if (asked === null && chosen.asks !== undefined) {
      this.open(chosen);
      return;
    }
    // The dialog gives the focus back first, so that what is done may move it.
    this.dialog.close();
    chosen.run(this.typed.trim());
  }

  private readonly outside = (event: Event): void => {
    if (event.target === this.dialog) this.dialog.close();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-palette": Palette;
  }
}
