/** What is copied to show a shared view elsewhere: a link, an element, a frame, a line for a notebook. */
import { html, LitElement, css, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { t, type Key } from "../text";
import { base } from "../theme/styles";

/** Height (px) of a frame, whose page cannot tell how high it is. */
const FRAME = 480;

export interface Code {
  kind: "link" | "element" | "frame" | "notebook";
  text: string;
}

/** The address of a shared page, and with `embed` what other pages and notebooks show it by. */
export function codesOf(address: string, embed: boolean): Code[] {
  const link: Code = { kind: "link", text: address };
  if (!embed) return [link];
  const frame = address.replace("/s/", "/embed/");
  const module = new URL("/static/embed/tessera-view.js", address).href;
  return [
    link,
    {
      kind: "element",
      text: `<script type="module" src="${module}"></script>\n<tessera-view src="${address}"></tessera-view>`,
    },
    {
      kind: "frame",
      text: `<iframe src="${frame}" title="Tessera" width="100%" height="${FRAME}" style="border:0" loading="lazy"></iframe>`,
    },
    {
      kind: "notebook",
      text: `from IPython.display import IFrame; IFrame("${frame}", width="100%", height=${FRAME})`,
    },
  ];
}

const NAMES: Readonly<Record<Code["kind"], Key>> = {
  link: "share.link",
  element: "share.element",
  frame: "share.frame",
  notebook: "share.notebook",
};

@customElement("tessera-share-codes")
export class ShareCodes extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
      }
      .field {
        display: grid;
        gap: 0.2rem;
        font-size: 0.875rem;
      }
      .code {
        display: flex;
        gap: 0.5rem;
        align-items: flex-start;
      }
      textarea {
        flex: 1;
        min-inline-size: 0;
        padding: 0.4rem 0.6rem;
        border: 1px solid var(--line);
        border-radius: 0.4rem;
        background: var(--paper);
        font: 0.8125rem/1.45 var(--mono);
        field-sizing: content;
        resize: none;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property() address = "";
  @property({ type: Boolean }) embed = false;
  @state() private copied: Code["kind"] | null = null;

  protected override render(): TemplateResult {
    return html`${codesOf(this.address, this.embed).map((code) => this.code(code))}
      <p role="status" class="small muted">${this.copied === null ? "" : t("share.copied")}</p>`;
  }

  private code({ kind, text }: Code): TemplateResult {
    const name = t(NAMES[kind]);
    return html`<div class="field">
      <span aria-hidden="true">${name}</span>
      <span class="code">
        <textarea
          readonly
          rows=${kind === "link" ? 1 : 2}
          aria-label=${name}
          data-kind=${kind}
          .value=${text}
          @focus=${selectAll}
        ></textarea>
        <button
          class=${kind === "link" ? "primary" : ""}
          aria-label=${t("share.copy-what", { what: name })}
          @click=${() => this.copy(kind, text)}
        >
          ${this.copied === kind ? t("share.copied") : t("share.copy")}
        </button>
      </span>
    </div>`;
  }

  private async copy(kind: Code["kind"], text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without the permission the text is selected, to be copied by hand.
      this.renderRoot.querySelector<HTMLTextAreaElement>(`[data-kind="${kind}"]`)?.select();
      return;
    }
    this.copied = kind;
  }
}

const selectAll = (event: Event): void => (event.target as HTMLTextAreaElement).select();

declare global {
  interface HTMLElementTagNameMap {
    "tessera-share-codes": ShareCodes;
  }
}
