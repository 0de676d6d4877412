/** What a question would cost, told quietly while it is still being put: it follows the form and never holds it up. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { estimateRun } from "../api";
import type { Estimate, RunRequest } from "../contract";
import { Latest } from "../state/latest";
import { t } from "../text";
import { costOf } from "../theme/expected";
import { base } from "../theme/styles";

/** How long the form has to rest before the server is asked [ms]. */
const REST = 400;

@customElement("tessera-ask-estimate")
export class AskEstimate extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        flex: 1 1 18rem;
        min-inline-size: 0;
        min-block-size: 1.5em;
      }
      p {
        font-size: 0.875rem;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        text-wrap: pretty;
      }
      span {
        white-space: nowrap;
      }
      .old {
        opacity: 0.6;
      }
      @media (max-width: 30rem) {
        span {
          white-space: normal;
        }
      }
    `,
  ];

  /** What would be asked; null while the form is not filled in far enough. */
  @property({ attribute: false }) request: RunRequest | null = null;
  @state() private estimate: Estimate | null = null;
  @state() private asking = false;
  private readonly latest = new Latest();
  private asked = "";
  private rest: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.rest);
    this.latest.cancel();
    this.asked = "";
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("request")) return;
    const asked = this.request === null ? "" : JSON.stringify(this.request);
    if (asked === this.asked) return;
    this.asked = asked;
    clearTimeout(this.rest);
    this.latest.cancel();
    this.asking = asked !== "";
    if (asked === "") this.estimate = null;
    else this.rest = setTimeout(() => void this.ask(), REST);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.estimate === null) return nothing;
    const old = this.asking ? "old" : "";
    if (this.estimate.refusal !== null) return html`<p class=${old}>${this.estimate.refusal.detail}</p>`;
    const parts = costOf(this.estimate);
    return html`<p class=${old} aria-label=${t("cost.title")}>
      ${parts.map((part, index) => html`${index > 0 ? " · " : nothing}<span>${part}</span>`)}
    </p>`;
  }

  private async ask(): Promise<void> {
    const request = this.request;
    if (request === null) return;
    // Whatever goes wrong here is told when the question itself is sent.
    const found = await this.latest.ask((signal) => estimateRun(request, signal).catch(() => null));
    if (found === undefined) return;
    this.estimate = found;
    this.asking = false;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ask-estimate": AskEstimate;
  }
}
