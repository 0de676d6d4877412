/** A continuation while it is generated: each stretch of tokens coloured by how unexpected it was. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { StreamedPart } from "../state/run";
import { lengthOf } from "../state/run";
import { number, plural } from "../theme/format";
import { place, type ColourScale } from "../theme/scales";
import { base, tile } from "../theme/styles";
import { stripStyles } from "../marks/strip-styles";

/** ln 1000: a token of one in a thousand has the full colour. */
const SCALE: ColourScale = { kind: "sequential", low: 0, high: Math.log(1000) };

@customElement("tessera-stream")
export class Stream extends LitElement {
  static override styles = [
    base,
    tile,
    stripStyles,
    css`
      .prompt {
        color: var(--muted);
      }
      .cursor {
        color: var(--accent);
      }
    `,
  ];

  @property() prompt = "";
  @property({ attribute: false }) parts: readonly StreamedPart[] = [];

  protected override render(): TemplateResult {
    const parts = this.parts.map((part, index) => this.stretch(part, index));
    // The paragraph keeps white space, so nothing may stand between its parts.
    // prettier-ignore
    return html`<p class="strip paragraph" dir="auto"><span class="prompt">${this.prompt}</span>${parts}<span class="cursor">▍</span></p>
      <p class="small muted" role="status">
        ${plural(lengthOf(this.parts), "token")} so far. More colour: less expected, up to one in a thousand.
      </p>`;
  }

  private stretch({ text, surprisal, tokens }: StreamedPart, index: number): TemplateResult {
    const at = surprisal === null ? 0 : place(SCALE, surprisal);
    const title = surprisal === null ? "" : `${plural(tokens, "token")}, mean surprisal ${number(surprisal)} nat`;
    // prettier-ignore
    return html`<span class="tile generated ${index === 0 ? "starts" : ""}" style="--place: ${at}" title=${title}>${text}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-stream": Stream;
  }
}
