/** The list of shortcuts, and the switch for those that are single letters. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { focused, GROUPS, Shortcuts, shortcuts, type Shortcut } from "../state/shortcuts";
import { t } from "../text";
import { PreferencesController } from "../theme/preferences";
import { base } from "../theme/styles";
import { GROUP_NAMES, keyCaps, keyStyles } from "./key-caps";

/** What text and pictures understand once one of their parts has the focus. */
const MOVING: readonly (readonly [keys: readonly string[], label: string])[] = [
  [["ArrowLeft", "ArrowRight"], t("keys.next")],
  [["ArrowUp", "ArrowDown"], t("keys.line")],
  [["Home", "End"], t("keys.ends")],
  [["Enter"], t("keys.choose")],
  [["shift+Enter"], t("keys.extend")],
  [["Escape"], t("keys.leave")],
];

@customElement("tessera-keys-dialog")
export class KeysDialog extends LitElement {
  static override styles = [
    base,
    keyStyles,
    css`
      dialog {
        inline-size: min(40rem, calc(100vw - 1.5rem));
        max-block-size: 85vh;
        padding: 1.25rem 1.5rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        background: var(--raised);
        color: var(--ink);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.35);
      }
      h2 {
        font-size: 1.15rem;
      }
      h3 {
        margin-block: 1rem 0.25rem;
        font-size: 0.8125rem;
        font-weight: 500;
        color: var(--muted);
      }
      .row {
        justify-content: space-between;
      }
      dl {
        columns: 17rem 2;
        column-gap: 2rem;
      }
      dl > div {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        padding-block: 0.2rem;
        break-inside: avoid;
        border-block-end: 1px solid var(--line);
      }
      label {
        display: flex;
        gap: 0.5rem;
        align-items: center;
        margin-block-start: 1rem;
      }
    `,
  ];

  @state() private known: readonly Shortcut[] = [];
  @query("dialog") private dialog!: HTMLDialogElement;
  private readonly preferences = new PreferencesController(this);

  constructor() {
    super();
    new Shortcuts(this, () => [
      { id: "keys", label: t("keys.open"), group: "page", keys: "?", run: () => this.open() },
      { id: "letters", label: this.switchName, group: "page", run: () => this.switch() },
    ]);
  }

  open(): void {
    this.known = shortcuts(focused()).filter(({ keys }) => keys !== undefined);
    this.dialog.showModal();
  }

  private get switchName(): string {
    return this.preferences.value.keys ? t("keys.off") : t("keys.on");
  }

  private readonly switch = (): void => this.preferences.set({ keys: !this.preferences.value.keys });

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title">
      <div class="row">
        <h2 id="title">${t("keys.title")}</h2>
        <button @click=${() => this.dialog.close()}>${t("close")}</button>
      </div>
      ${GROUPS.map((group) => {
        const own = this.known.filter((each) => each.group === group);
        return own.length === 0
          ? nothing
          : html`<h3>${GROUP_NAMES[group]}</h3>
              <dl>${own.map(({ label, keys }) => line(label, [keys ?? ""]))}</dl>`;
      })}
      <h3>${t("keys.inside")}</h3>
      <dl>${MOVING.map(([keys, label]) => line(label, keys))}</dl>
      <label>
        <input type="checkbox" .checked=${this.preferences.value.keys} @change=${this.switch} />
        ${t("keys.letters")}
      </label>
    </dialog>`;
  }
}

const line = (label: string, keys: readonly string[]): TemplateResult =>
  html`<div>
    <dt>${label}</dt>
    <dd>${keys.map(keyCaps)}</dd>
  </div>`;

declare global {
  interface HTMLElementTagNameMap {
    "tessera-keys-dialog": KeysDialog;
  }
}
