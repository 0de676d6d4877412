/** The tray at the bottom of every page: what is pinned as A and B, and the way to compare them. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { compareUrl } from "../state/comparing";
import { NONE, PinsController, type Pin } from "../state/pins";
import { Shortcuts } from "../state/shortcuts";
import { t } from "../text";
import { base } from "../theme/styles";

/** Asks the page to compare what is pinned where it is; not stopped, the comparison opens as a page of its own. */
export class CompareAsked extends Event {
  static readonly type = "compare-asked";
  constructor() {
    super(CompareAsked.type, { bubbles: true, composed: true, cancelable: true });
  }
}

@customElement("tessera-pin-tray")
export class PinTray extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      /* Room for the tray, so that it covers no last line. */
      .room {
        block-size: 4.5rem;
      }
      aside {
        position: fixed;
        inset-inline: 0;
        inset-block-end: 0;
        z-index: 5;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 1rem;
        padding: 0.5rem max(1rem, calc((100vw - 76rem) / 2));
        border-block-start: 1px solid var(--line);
        background: var(--raised);
        font-size: 0.875rem;
      }
      .pins {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.3rem 1.25rem;
        flex: 1 1 20rem;
        min-inline-size: 0;
      }
      .pin {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        min-inline-size: 0;
      }
      .letter {
        font-weight: 650;
        color: var(--accent);
      }
      a.name {
        color: inherit;
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .pin button {
        min-height: 0;
        padding: 0 0.45rem;
        color: var(--muted);
      }
      a.compare {
        padding: 0.35rem 0.9rem;
        border-radius: 0.4rem;
        background: var(--accent);
        color: var(--accent-ink);
        font-weight: 600;
        text-decoration: none;
      }
      @media (max-width: 40rem) {
        .pins {
          grid-template-columns: minmax(0, 1fr);
        }
        .room {
          block-size: 7.5rem;
        }
      }
      @media print {
        aside,
        .room {
          display: none;
        }
      }
    `,
  ];

  private readonly pins = new PinsController(this);

  constructor() {
    super();
    new Shortcuts(this, () => [
      {
        ...{ id: "compare", label: t("pins.compare-action"), group: "go", keys: "shift+p" },
        when: () => this.pins.value.a !== null && this.pins.value.b !== null,
        run: () => this.compare(),
      },
    ]);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { a, b } = this.pins.value;
    if (a === null && b === null) return nothing;
    return html`<div class="room"></div>
      <aside aria-label=${t("pins.tray")}>
        <div class="pins">${this.pin("A", a)} ${this.pin("B", b)}</div>
        ${
          a === null || b === null
            ? nothing
            : html`<a class="compare" href=${compareUrl({ a, b })} @click=${this.asked}>${t("pins.compare")}</a>`
        }
      </aside>`;
  }

  private pin(letter: "A" | "B", pin: Pin | null): TemplateResult {
    return html`<div class="pin">
      <span class="letter">${letter}</span>
      ${
        pin === null
          ? html`<span class="name muted">${t("pins.empty")}</span>`
          : html`<a class="name" href=${`/${pin.at}#result-${pin.result}`} title=${`${pin.name}, ${pin.of}`}
                >${pin.name} <span class="muted">${pin.of}</span></a
              ><button
                class="quiet"
                aria-label=${t("pins.remove", { side: letter })}
                title=${t("pins.remove", { side: letter })}
                @click=${() => this.unpin(letter)}
              >
                ×
              </button>`
      }
    </div>`;
  }

  private unpin(letter: "A" | "B"): void {
    const { a, b } = this.pins.value;
    this.pins.set(letter === "A" ? { ...NONE, b } : { ...NONE, a });
  }

  private compare(): void {
    this.renderRoot.querySelector<HTMLAnchorElement>("a.compare")?.click();
  }

  private readonly asked = (event: MouseEvent): void => {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!elsewhere && !this.dispatchEvent(new CompareAsked())) event.preventDefault();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-pin-tray": PinTray;
  }
  interface HTMLElementEventMap {
    "compare-asked": CompareAsked;
  }
}
