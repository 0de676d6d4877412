/** Two pinned answers of the run at hand, compared on its own page: a part of what the page's view is. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { addressed, compareUrl, readAddress, type Comparing } from "../state/comparing";
import { pageOf, PinsController, type Place } from "../state/pins";
import type { ViewStore } from "../state/view";
import { t } from "../text";
import { base } from "../theme/styles";
import type { ComparingChange } from "./compare-view";
import type { CompareAsked } from "./pin-tray";

@customElement("tessera-compare-here")
export class CompareHere extends LitElement {
  static override styles = [
    base,
    css`
      section {
        display: grid;
        gap: 1rem;
        margin-block-end: 2.25rem;
        padding: 1.1rem 1.25rem;
        border: 1px solid var(--accent);
        border-radius: 0.75rem;
      }
      section:focus {
        outline: none;
      }
      h2 {
        font-size: 1.0625rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1rem;
        align-items: center;
        justify-content: space-between;
      }
    `,
  ];

  /** The interface's address of the run. */
  @property() base = "";
  @property({ attribute: false }) view!: ViewStore;
  private readonly pins = new PinsController(this);

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("compare-asked", this.asked);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("compare-asked", this.asked);
    this.view.remove(this);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("view")) this.view.add(this);
    if (this.view.value.compare !== undefined) void import("./compare-view");
  }

  protected override render(): TemplateResult | typeof nothing {
    const { compare } = this.view.value;
    if (compare === undefined) return nothing;
    const comparing = this.here(readAddress(compare));
    return html`<section aria-label=${t("compare.title")} tabindex="-1">
      <header>
        <h2>${t("compare.title")}</h2>
        <span class="row small">
          <a href=${compareUrl(comparing)}>${t("pins.own-page")}</a>
          <button class="quiet" @click=${() => this.view.set({ compare: undefined })}>${t("pins.close")}</button>
        </span>
      </header>
      <tessera-compare
        .comparing=${comparing}
        @comparing-change=${({ comparing: next }: ComparingChange) => this.view.set({ compare: addressed(next) })}
      ></tessera-compare>
    </section>`;
  }

  /** The same results at this page's own address: a shared view may be looked at by someone else. */
  private here(comparing: Comparing): Comparing {
    const at = pageOf(this.base);
    const own = (place: Place | null): Place | null => place && { ...place, at };
    return { ...comparing, a: own(comparing.a), b: own(comparing.b) };
  }

  /** Only answers of this run are compared on its page. */
  private readonly asked = (event: CompareAsked): void => {
    const { a, b } = this.pins.value;
    const at = pageOf(this.base);
    if (a?.at !== at || b?.at !== at) return;
    event.preventDefault();
    this.view.set({ compare: compareUrl({ a, b }).split("#")[1] ?? "" });
    void this.updateComplete.then(() => {
      this.scrollIntoView({ block: "start" });
      this.renderRoot.querySelector<HTMLElement>("section")?.focus({ preventScroll: true });
    });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-compare-here": CompareHere;
  }
  interface DocumentEventMap {
    "compare-asked": CompareAsked;
  }
}
