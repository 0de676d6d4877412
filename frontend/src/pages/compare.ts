/** The page that compares two pinned answers; what is compared, and how, stands in its address. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { addressed, readAddress, type Comparing } from "../state/comparing";
import { NONE, PinsController } from "../state/pins";
import { t } from "../text";
import { installPage } from "../theme/page";
import { base } from "../theme/styles";
import type { ComparingChange } from "./compare-view";
import "./compare-view";
import "./shell";

installPage();

@customElement("tessera-compare-page")
export class ComparePage extends LitElement {
  static override styles = [
    base,
    css`
      h1 {
        font-size: 1.3rem;
        letter-spacing: -0.01em;
        margin-block-end: 1rem;
      }
    `,
  ];

  @state() private comparing: Comparing = readAddress(location.hash);
  private readonly pins = new PinsController(this);

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = `${t("compare.title")} · Tessera`;
    window.addEventListener("hashchange", this.read);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.read);
  }

  protected override render(): TemplateResult {
    return html`<tessera-shell>
      <h1>${t("compare.title")}</h1>
      <tessera-compare
        .comparing=${this.whole()}
        @comparing-change=${({ comparing }: ComparingChange) => this.change(comparing)}
      ></tessera-compare>
    </tessera-shell>`;
  }

  /** An address that names nothing compares what is pinned. */
  private whole(): Comparing {
    const { a, b } = this.comparing;
    const pins = a === null && b === null ? this.pins.value : NONE;
    return { ...this.comparing, a: a ?? pins.a, b: b ?? pins.b };
  }

  private change(comparing: Comparing): void {
    this.comparing = comparing;
    history.replaceState(null, "", `#${addressed(comparing)}`);
  }

  private readonly read = (): void => {
    this.comparing = readAddress(location.hash);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-compare-page": ComparePage;
  }
}
