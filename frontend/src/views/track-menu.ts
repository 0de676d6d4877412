/** The tracks that can be shown beside the one that colours, as a list of switches below its button. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import type { TrackId } from "../state/view";
import { t } from "../text";
import { base } from "../theme/styles";
import { includes, type Offered } from "./beside";
import { Dropping } from "./dropping";

export class TrackToggle extends Event {
  static readonly type = "track-toggle";
  constructor(readonly id: TrackId) {
    super(TrackToggle.type);
  }
}

@customElement("tessera-track-menu")
export class TrackMenu extends LitElement {
  static override styles = [
    base,
    css`
      .list {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 0.6rem 0.9rem 0.7rem;
        max-inline-size: calc(100vw - 1rem);
        max-block-size: min(24rem, 80vh);
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 0.5rem;
        background: var(--raised);
        color: var(--ink);
        box-shadow: 0 0.5rem 1.5rem rgb(0 0 0 / 0.14);
      }
      fieldset + fieldset {
        margin-block-start: 0.5rem;
      }
      legend {
        padding: 0;
        color: var(--muted);
        font-size: 0.8125rem;
      }
      label {
        display: flex;
        gap: 0.5rem;
        align-items: center;
        min-block-size: 1.75rem;
        cursor: pointer;
      }
      input {
        accent-color: var(--accent);
        inline-size: 1rem;
        block-size: 1rem;
      }
    `,
  ];

  @property({ attribute: false }) offered: readonly Offered[] = [];
  @property({ attribute: false }) chosen: readonly TrackId[] = [];
  @query("button") private button!: HTMLButtonElement;
  @query(".list") private list!: HTMLElement;
  private readonly dropping = new Dropping(this, () => ({ button: this.button, list: this.list }));

  protected override render(): TemplateResult {
    return html`<button class="quiet" type="button" popovertarget="list" aria-haspopup="true">
        ${t("beside.add")}
      </button>
      <div
        id="list"
        class="list small"
        popover
        role="group"
        aria-label=${t("beside.choices")}
        @toggle=${this.place}
        @keydown=${this.leave}
      >
        ${this.offered.map(
          ({ method, tracks }) =>
            html`<fieldset>
              <legend>${method}</legend>
              ${tracks.map(
                ({ id, label }) =>
                  html`<label
                    ><input
                      type="checkbox"
                      .checked=${includes(this.chosen, id)}
                      @change=${() => this.dispatchEvent(new TrackToggle(id))}
                    />
                    ${label}</label
                  >`,
              )}
            </fieldset>`,
        )}
      </div>`;
  }

  /** Whoever leaves it by Escape is back at its button. */
  private readonly leave = ({ key }: KeyboardEvent): void => {
    if (key === "Escape") this.button.focus();
  };

  private readonly place = ({ newState }: ToggleEvent): void => {
    if (newState !== "open") return;
    this.dropping.place();
    this.list.querySelector("input")?.focus({ preventScroll: true });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-track-menu": TrackMenu;
  }
}
