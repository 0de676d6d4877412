/** What is drawn of the tokens beside their colour, as a list of switches that opens below its button. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, query } from "lit/decorators.js";

import { t, type Key } from "../text";
import { PreferencesController, type Preferences } from "../theme/preferences";
import { base } from "../theme/styles";
import { Dropping } from "./dropping";

type Switch = "ids" | "bytes" | "invisible" | "specials" | "marks";

const SWITCHES: readonly { name: Switch; key: string; label: Key }[] = [
  { name: "ids", key: "i", label: "strip.ids-hint" },
  { name: "bytes", key: "b", label: "strip.bytes-hint" },
  { name: "invisible", key: "w", label: "strip.invisible-hint" },
  { name: "specials", key: "s", label: "strip.specials-hint" },
  { name: "marks", key: "m", label: "strip.marks-hint" },
];
/** How a page begins; what differs from it is counted on the button. */
const USUAL: Pick<Preferences, Switch> = { ids: false, bytes: false, invisible: false, specials: true, marks: false };

@customElement("tessera-show-menu")
export class ShowMenu extends LitElement {
  static override styles = [
    base,
    css`
      .list {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 0.4rem;
        border: 1px solid var(--line);
        border-radius: 0.5rem;
        background: var(--raised);
        color: var(--ink);
        box-shadow: 0 0.5rem 1.5rem rgb(0 0 0 / 0.14);
        max-inline-size: calc(100vw - 1rem);
      }
      label {
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 0.6rem;
        align-items: baseline;
        padding: 0.35rem 0.5rem;
        border-radius: 0.3rem;
        cursor: pointer;
      }
      label:hover {
        background: var(--sunken);
      }
      kbd {
        font: 0.85em var(--mono);
        color: var(--muted);
        border: 1px solid var(--line);
        border-radius: 0.25rem;
        padding: 0 0.35em;
      }
    `,
  ];

  @query("button") private button!: HTMLButtonElement;
  @query(".list") private list!: HTMLElement;
  private readonly preferences = new PreferencesController(this);
  private readonly dropping = new Dropping(this, () => ({ button: this.button, list: this.list }));

  protected override render(): TemplateResult {
    const { value } = this.preferences;
    const changed = SWITCHES.filter(({ name }) => value[name] !== USUAL[name]).length;
    return html`<button class="quiet" type="button" popovertarget="list" aria-haspopup="true">
        ${t("strip.show")}${changed > 0 ? ` · ${changed}` : ""} <span aria-hidden="true">▾</span>
      </button>
      <div id="list" class="list small" popover role="group" aria-label=${t("strip.show-hint")} @toggle=${this.place}>
        ${SWITCHES.map(
          ({ name, key, label }) =>
            html`<label
              ><input
                type="checkbox"
                aria-keyshortcuts=${key}
                .checked=${value[name]}
                @change=${() => this.preferences.set({ [name]: !value[name] })}
              />${t(label)} <kbd aria-hidden="true">${key}</kbd></label
            >`,
        )}
      </div>`;
  }

  private readonly place = ({ newState }: ToggleEvent): void => {
    if (newState === "open") this.dropping.place();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-show-menu": ShowMenu;
  }
}
