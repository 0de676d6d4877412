/** One text box and one place to drop a picture, or a file of one's own data. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { uploadSource } from "../api";
import { asProblem } from "../api/client";
import type { Limits, Problem, SourceState } from "../contract";
import { Latest } from "../state/latest";
import { t } from "../text";
import { bytes, count, number } from "../theme/format";
import { base } from "../theme/styles";
import { problemNote } from "./problem";
import { fileStyles, isFile, looksLikeLogprobs, sourceFile } from "./source-file";

export class InputChange extends Event {
  static readonly type = "input-change";
  constructor(readonly changes: { text?: string; picture?: SourceState | null; file?: SourceState | null }) {
    super(InputChange.type);
  }
}

type Upload = { kind: "idle" } | { kind: "reading"; name: string } | { kind: "refused"; problem: Problem };

@customElement("tessera-ask-input")
export class AskInput extends LitElement {
  static override styles = [
    base,
    fileStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(10rem, 15rem);
        gap: 0.75rem;
      }
      @media (max-width: 40rem) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .text {
        position: relative;
      }
      textarea {
        display: block;
        inline-size: 100%;
        min-block-size: 9.5rem;
        block-size: 100%;
        padding: 0.9rem 1rem;
        border: 1px solid var(--line);
        border-radius: 0.6rem;
        background: var(--raised);
        font-size: 1.0625rem;
        line-height: 1.6;
        resize: vertical;
        unicode-bidi: plaintext;
        field-sizing: content;
        max-block-size: 60vh;
      }
      .count {
        position: absolute;
        inset: auto 0.9rem 0.4rem auto;
        font-size: 0.75rem;
        font-variant-numeric: tabular-nums;
        pointer-events: none;
      }
      .over {
        color: var(--danger);
      }
      .drop {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 0.25rem;
        min-block-size: 9.5rem;
        padding: 0.75rem;
        border: 1px dashed color-mix(in oklab, var(--muted) 60%, transparent);
        border-radius: 0.6rem;
        text-align: center;
        cursor: pointer;
        color: var(--muted);
      }
      .drop .own {
        margin-block-start: 0.4rem;
        text-wrap: balance;
      }
      .drop:hover,
      .drop:focus-within,
      .drop.over-it {
        border-color: var(--accent);
        color: var(--ink);
      }
      .drop.over-it {
        background: color-mix(in oklab, var(--accent) 8%, transparent);
      }
      @media (max-width: 40rem) {
        .drop {
          min-block-size: 5rem;
        }
      }
      figure {
        position: relative;
        display: grid;
        place-items: center;
        padding: 0.5rem;
        border: 1px solid var(--line);
        border-radius: 0.6rem;
        background: var(--raised);
      }
      figure img {
        inline-size: 100%;
        max-block-size: 11rem;
        object-fit: contain;
        border-radius: 0.25rem;
      }
      figure img.tiny {
        image-rendering: pixelated;
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        inline-size: 100%;
        margin-block-start: 0.35rem;
        font-size: 0.8125rem;
        color: var(--muted);
      }
      figcaption button {
        min-block-size: 1.7rem;
        padding: 0 0.5rem;
      }
      .problem,
      .file-drop {
        grid-column: 1 / -1;
      }
    `,
  ];

  @property() text = "";
  @property({ attribute: false }) picture: SourceState | null = null;
  /** A labelled file or log-probabilities, in the place of text and picture. */
  @property({ attribute: false }) file: SourceState | null = null;
  @property({ attribute: false }) limits: Limits | null = null;
  /** Room for what the server said about the text, and what may be done. */
  @property({ attribute: false }) problem: TemplateResult | typeof nothing = nothing;
  @state() private upload: Upload = { kind: "idle" };
  @state() private dragging = false;
  @query("textarea") private box!: HTMLTextAreaElement;
  private readonly latest = new Latest();

  override focus(): void {
    this.box.focus();
  }

  protected override render(): TemplateResult {
    const refused = this.upload.kind === "refused" ? problemNote(this.upload.problem) : nothing;
    if (this.file !== null) return html`${this.own(this.file)} ${this.problem} ${refused}`;
    return html`
      <div class="text">
        <textarea
          aria-label=${t("ask.text")}
          placeholder=${t("ask.placeholder")}
          dir="auto"
          spellcheck="false"
          .value=${this.text}
          @input=${() => this.change({ text: this.box.value })}
          @paste=${this.paste}
        ></textarea>
        ${this.count()}
      </div>
      ${this.picture === null ? this.drop() : this.preview(this.picture)} ${this.problem} ${refused}
    `;
  }

  private count(): TemplateResult | typeof nothing {
    const limit = this.limits?.text_characters ?? Infinity;
    const length = Array.from(this.text).length;
    if (length < 1000 && length <= limit) return nothing;
    return html`<span class="count muted ${length > limit ? "over" : ""}">
      ${length > limit ? count("ask.too-many", length, { limit: number(limit) }) : count("count.characters", length)}
    </span>`;
  }

  private drop(): TemplateResult {
    const reading = this.upload.kind === "reading";
    return html`<label
      class="drop ${this.dragging ? "over-it" : ""}"
      @dragover=${this.dragOver}
      @dragleave=${() => (this.dragging = false)}
      @drop=${this.dropped}
      @paste=${this.paste}
    >
      <input
        class="hidden-visually"
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif,text/*,.csv,.tsv,.json,.jsonl,.ndjson"
        @change=${this.chosen}
      />
      ${
        reading
          ? html`<span role="status"
              >${t("ask.reading", { name: this.upload.kind === "reading" ? this.upload.name : "" })}</span
            >`
          : html`<span>${t("ask.drop")}</span><span class="small">${t("ask.choose")}</span>
              <span class="small own">${t("ask.own")}</span>`
      }
    </label>`;
  }

  private own(file: SourceState): TemplateResult {
    const remove = html`<button class="quiet" @click=${() => this.change({ file: null })}>${t("ask.remove")}</button>`;
    return html`<div class="file-drop" @dragover=${this.dragOver} @drop=${this.dropped}>
      ${sourceFile(file, remove)}
    </div>`;
  }

  private preview({ url, width, height, bytes: size }: SourceState): TemplateResult {
    return html`<figure @dragover=${this.dragOver} @drop=${this.dropped}>
      <img src=${url ?? ""} class=${(width ?? 0) < 128 ? "tiny" : ""} alt=${t("ask.picture")} />
      <figcaption>
        <span
          >${this.upload.kind === "reading" ? t("ask.reading-it") : `${width ?? "?"} × ${height ?? "?"}, ${bytes(size)}`}</span
        >
        <button class="quiet" @click=${() => this.change({ picture: null })}>${t("ask.remove")}</button>
      </figcaption>
    </figure>`;
  }

  private readonly dragOver = (event: DragEvent): void => {
    event.preventDefault();
    this.dragging = true;
  };

  private readonly dropped = (event: DragEvent): void => {
    event.preventDefault();
    this.dragging = false;
    this.take(event.dataTransfer?.files);
  };

  private readonly paste = (event: ClipboardEvent): void => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (this.take(event.clipboardData?.files)) event.preventDefault();
    else if (looksLikeLogprobs(text)) {
      event.preventDefault();
      void this.send(new File([text], "pasted.json"), text);
    }
  };

  private readonly chosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.take(input.files);
    input.value = "";
  };

  private take(files: FileList | null | undefined): boolean {
    const file = files?.[0];
    if (!file) return false;
    void this.send(file);
    return true;
  }

  /**
   * The latest file wins: one that is still on its way when another comes is dropped. What was `pasted` as a server's
   * answer and is none stays as the text that it is.
   */
  private async send(file: File, pasted?: string): Promise<void> {
    this.upload = { kind: "reading", name: file.name };
    try {
      const kind = pasted === undefined ? undefined : "logprobs";
      const source = await this.latest.ask((signal) => uploadSource(file, signal, kind));
      if (source === undefined) return;
      this.upload = { kind: "idle" };
      if (isFile(source)) this.change({ file: source });
      else if (source.kind === "image") this.change({ picture: source, file: null });
      else this.change({ text: source.text ?? "", file: null });
    } catch (error) {
      this.upload = { kind: "refused", problem: asProblem(error) };
      if (pasted !== undefined) this.change({ text: pasted });
    }
  }

  private change(changes: InputChange["changes"]): void {
    if (changes.picture === null || changes.file === null) this.latest.cancel();
    this.dispatchEvent(new InputChange(changes));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-ask-input": AskInput;
  }
}
