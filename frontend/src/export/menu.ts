/** What is shown as a file or on the clipboard: a menu, by pointer and by keys. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { Shortcuts } from "../state/shortcuts";
import { t } from "../text";
import { base } from "../theme/styles";
import type { Format } from ".";
import { keep, optionsOf, stored, type Choices } from "./choices";
import { menuStyles } from "./menu-styles";
import { download, fileName } from "./names";
import type { Question } from "./reproduce";
import type { Exported } from "./sheet-view";

const SHOWN = ["png", "svg", "pdf", "html"] as const;
const NUMBERS = ["csv", "json"] as const;
const WHOLE = ["json", "csv", "svg", "html", "tex"] as const;
const COPIED: ReadonlySet<Format> = new Set(["svg", "csv", "json", "tex", "sh", "py"]);

@customElement("tessera-export-menu")
export class ExportMenu extends LitElement {
  static override styles = [base, menuStyles];

  /** What is exported, as it is looked at when it is asked for. */
  @property({ attribute: false }) of!: () => Exported;
  @property({ attribute: false }) question!: () => Question | null;
  /** Where the server's own file of the whole result lies. */
  @property({ attribute: false }) whole: (format: (typeof WHOLE)[number]) => string = String;
  /** What files are named by. */
  @property({ attribute: false }) named: () => readonly string[] = () => [];
  @state() private open = false;
  @state() private said = "";
  @state() private failed = false;
  @state() private busy = false;
  @state() private choices = stored();
  @query(".opens") private opener!: HTMLButtonElement;

  constructor() {
    super();
    new Shortcuts(this, () => [
      { id: "export", label: t("export.title"), group: "run", keys: "shift+e", run: () => this.show() },
    ]);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
  }

  protected override render(): TemplateResult {
    return html`<button
        class="opens"
        aria-haspopup="menu"
        aria-expanded=${this.open}
        aria-busy=${this.busy}
        @click=${() => (this.open ? this.close() : this.show())}
        @keydown=${this.opens}
      >
        ${t("export.menu")} <span aria-hidden="true">▾</span></button
      ><span class="said ${this.failed ? "failed" : ""}" role="status">${this.said}</span>
      ${this.open ? this.menu() : nothing}`;
  }

  private menu(): TemplateResult {
    const again = this.question() !== null;
    return html`<div
      class="menu ${this.room() ? "" : "below"}"
      role="menu"
      aria-label=${t("export.title")}
      @keydown=${this.move}
    >
      ${this.group(t("export.files"), html`${SHOWN.map((format) => this.item(format, t(`export.${format}`)))}`)}
      ${this.options()}
      <hr role="separator" />
      ${this.group(t("export.numbers"), html`${NUMBERS.map((format) => this.item(format, t(`export.${format}`)))}`)}
      ${this.group(t("export.texts"), this.item("tex", t("export.latex")))}
      ${
        again
          ? this.group(
              t("export.again"),
              html`${this.item("sh", t("export.command"))} ${this.item("py", t("export.python"))}`,
            )
          : nothing
      }
      <hr role="separator" />
      ${this.group(
        t("export.whole"),
        html`<div class="line">
          ${WHOLE.map(
            (format) =>
              html`<button
                role="menuitem"
                tabindex="-1"
                aria-label=${t("export.whole-as", { format: format.toUpperCase() })}
                @click=${() => this.fetchWhole(format)}
              >
                ${format.toUpperCase()}
              </button>`,
          )}
        </div>`,
      )}
    </div>`;
  }

  private group(title: string, items: TemplateResult): TemplateResult {
    return html`<div role="group" aria-label=${title}>
      <h4 aria-hidden="true">${title}</h4>
      ${items}
    </div>`;
  }

  private item(format: Format, label: string): TemplateResult {
    return html`<div class="line">
      <button class="item" role="menuitem" tabindex="-1" data-format=${format} @click=${() => this.save(format)}>
        ${label}
      </button>
      ${
        COPIED.has(format)
          ? html`<button
              class="copy"
              role="menuitem"
              tabindex="-1"
              aria-label=${t("export.copy", { what: label })}
              title=${t("export.copy", { what: label })}
              @click=${() => this.copy(format, label)}
            >
              ⧉
            </button>`
          : nothing
      }
    </div>`;
  }

  private options(): TemplateResult {
    const { width, page, fonts } = this.choices;
    const widths = (["single", "double", "slide"] as const).map((one) =>
      this.choice(
        "radio",
        t(`export.width-${one}`),
        width === one,
        { width: one },
        t("export.width-of", { width: one }),
      ),
    );
    return html`${this.group(t("export.width"), html`<div class="line">${widths}</div>`)}
    ${this.group(
      t("export.colours"),
      html`<div class="line">
          ${this.choice("radio", t("export.colours-light"), !page, { page: false })}
          ${this.choice("radio", t("export.colours-page"), page, { page: true })}
        </div>
        ${this.choice("checkbox", t("export.fonts"), fonts, { fonts: !fonts })}`,
    )}`;
  }

  private choice(
    kind: "radio" | "checkbox",
    label: string,
    on: boolean,
    changes: Partial<Choices>,
    name = label,
  ): TemplateResult {
    return html`<button
      class=${on ? "ticked" : "unticked"}
      role=${`menuitem${kind}`}
      aria-checked=${on}
      aria-label=${name}
      tabindex="-1"
      @click=${() => this.choose(changes)}
    >
      ${label}
    </button>`;
  }

  private choose(changes: Partial<Choices>): void {
    this.choices = { ...this.choices, ...changes };
    keep(this.choices);
  }

  /** Whether the menu fits above its button. */
  private room(): boolean {
    return this.opener.getBoundingClientRect().top > Math.min(544, 0.75 * innerHeight) + 10;
  }

  private show(): void {
    this.open = true;
    document.addEventListener("pointerdown", this.outside, true);
    void this.updateComplete.then(() => this.items[0]?.focus());
  }

  private close(): void {
    this.open = false;
    document.removeEventListener("pointerdown", this.outside, true);
  }

  private readonly outside = (event: Event): void => {
    if (!event.composedPath().includes(this)) this.close();
  };

  private get items(): HTMLButtonElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLButtonElement>("[role^=menuitem]")];
  }

  private readonly opens = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (!this.open) this.show();
  };

  /** As the pattern of menus says: arrows, ends, first letters, and out again. */
  private readonly move = (event: KeyboardEvent): void => {
    const { items } = this;
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLButtonElement);
    const next = this.next(event, at, items);
    if (event.key === "Escape" || event.key === "Tab") {
      this.close();
      this.opener.focus();
      if (event.key === "Escape") event.preventDefault();
    } else if (next !== null) {
      event.preventDefault();
      items.at(next % items.length)?.focus();
    }
    event.stopPropagation();
  };

  private next({ key }: KeyboardEvent, at: number, items: readonly HTMLButtonElement[]): number | null {
    if (key === "ArrowDown" || key === "ArrowRight") return at + 1;
    if (key === "ArrowUp" || key === "ArrowLeft") return at - 1;
    if (key === "Home") return 0;
    if (key === "End") return -1;
    if (key.length !== 1 || key === " ") return null;
    const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    const found = order.find((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()));
    return found === undefined ? null : items.indexOf(found);
  }

  private nameOf(format: string): string {
    return fileName(this.named(), format);
  }

  private async save(format: Format): Promise<void> {
    const name = this.nameOf(format);
    await this.act(t("export.drawing", { what: name }), async () => {
      download(await this.made(format), name);
      return t("export.done", { name });
    });
  }

  private async copy(format: Format, what: string): Promise<void> {
    await this.act("", async () => {
      await navigator.clipboard.writeText(await (await this.made(format)).text());
      return t("export.copied", { what });
    });
  }

  private async made(format: Format): Promise<Blob> {
    const { exportAs } = await import(".");
    const question = this.question();
    return exportAs(format, this.of(), question, optionsOf(this.choices));
  }

  private fetchWhole(format: (typeof WHOLE)[number]): void {
    const link = document.createElement("a");
    link.href = this.whole(format);
    link.download = this.nameOf(format);
    // Another site's file may not be named by this page, and might open in its place.
    if (link.origin !== location.origin) link.target = "_blank";
    link.click();
    this.close();
    this.opener.focus();
  }

  private async act(begun: string, work: () => Promise<string>): Promise<void> {
    if (this.busy) return;
    this.close();
    this.opener.focus();
    [this.busy, this.failed, this.said] = [true, false, begun];
    try {
      this.said = await work();
    } catch (error) {
      this.failed = true;
      this.said = t("export.failed", { reason: error instanceof Error ? error.message : String(error) });
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-export-menu": ExportMenu;
  }
}
