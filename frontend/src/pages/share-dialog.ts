/** A link for others to the page as it looks now: how long it lasts, a note, where it may be shown; the links there are. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { RunApi } from "../api";
import { asProblem } from "../api/client";
import type { Problem, ShareState } from "../contract";
import { EMPTY, type RunView } from "../state/view";
import { t } from "../text";
import { moment } from "../theme/format";
import { base } from "../theme/styles";
import { problemNote } from "./problem";
import "./share-codes";

const DAY = 86_400;
const ENDS: readonly (readonly [seconds: number | null, name: string])[] = [
  [DAY, t("share.after-day")],
  [7 * DAY, t("share.after-week")],
  [30 * DAY, t("share.after-month")],
  [366 * DAY, t("share.after-year")],
  [null, t("share.never")],
];

@customElement("tessera-share-dialog")
export class ShareDialog extends LitElement {
  static override styles = [
    base,
    css`
      dialog {
        inline-size: min(32rem, calc(100vw - 2rem));
        padding: 1.5rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        background: var(--raised);
        color: var(--ink);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.35);
      }
      form,
      section {
        display: grid;
        gap: 0.75rem;
      }
      h2 {
        font-size: 1.15rem;
        margin-block-end: 0.75rem;
      }
      label {
        display: grid;
        gap: 0.2rem;
      }
      label.check {
        display: flex;
        gap: 0.5rem;
        align-items: center;
      }
      ul {
        margin-block-start: 1rem;
      }
      li {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: 1rem;
        border-block-start: 1px solid var(--line);
        padding-block: 0.4rem;
      }
      .end {
        display: flex;
        justify-content: flex-end;
        gap: 0.5rem;
        margin-block-start: 1rem;
      }
    `,
  ];

  @property({ attribute: false }) api!: RunApi;
  @property({ attribute: false }) shares: readonly ShareState[] = [];
  @property({ attribute: false }) changed: () => void = () => undefined;
  /** How the page looks now, which goes with the link. */
  @property({ attribute: false }) viewed: () => RunView = () => EMPTY;
  /** The answers of the page, of which other sites may show a single one: their keys and names. */
  @property({ attribute: false }) cards: readonly (readonly [key: string, name: string])[] = [];
  @state() private made: ShareState | null = null;
  @state() private embed = false;
  @state() private problem: Problem | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;

  open(): void {
    this.made = null;
    this.embed = false;
    this.problem = null;
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const live = this.shares.filter(({ revoked }) => !revoked);
    return html`<dialog aria-labelledby="title">
      <h2 id="title">${t("share.title")}</h2>
      ${this.made === null ? this.form() : this.link(this.made)} ${problemNote(this.problem)}
      ${
        live.length === 0
          ? nothing
          : html`<ul aria-label=${t("share.links")}>
              ${live.map((share) => this.share(share))}
            </ul>`
      }
      <div class="end"><button @click=${() => this.dialog.close()}>${t("close")}</button></div>
    </dialog>`;
  }

  private form(): TemplateResult {
    return html`<form @submit=${this.create}>
      <p class="small muted">${t("share.says")}</p>
      <label>
        ${t("share.ends")}
        <select name="end">
          ${ENDS.map(([, name], index) => html`<option value=${index} ?selected=${index === 2}>${name}</option>`)}
        </select>
      </label>
      <label>${t("share.note")} <input type="text" name="note" maxlength="512" /></label>
      <label class="check">
        <input type="checkbox" name="embed" .checked=${this.embed} @change=${this.toggle} /> ${t("share.embed")}
      </label>
      ${this.embed && this.cards.length > 1 ? this.which() : nothing}
      <div><button class="primary">${t("share.make")}</button></div>
    </form>`;
  }

  /** Which answer other sites show. */
  private which(): TemplateResult {
    return html`<label>
      ${t("share.only")}
      <select name="only">
        <option value="">${t("share.all")}</option>
        ${this.cards.map(([key, name]) => html`<option value=${key}>${name}</option>`)}
      </select>
    </label>`;
  }

  private link({ url, expires_at: end, embed }: ShareState): TemplateResult {
    const address = new URL(url ?? "", location.href).href;
    return html`<section>
      <tessera-share-codes .address=${address} .embed=${embed}></tessera-share-codes>
      <p class="small muted">${end === null ? t("share.once-forever") : t("share.once-until", { end: moment(end) })}</p>
    </section>`;
  }

  private share({ id, note, expires_at: end, views, embed }: ShareState): TemplateResult {
    const facts = [
      note || t("share.unnamed"),
      end === null ? t("share.endless") : t("share.until", { end: moment(end) }),
      ...(embed ? [t("share.embedded")] : []),
      t("share.views", { count: views }),
    ];
    return html`<li class="small">
      <span>${facts.join(", ")}</span>
      <button class="quiet" @click=${() => this.revoke(id)}>${t("share.revoke")}</button>
    </li>`;
  }

  private readonly toggle = (event: Event): void => {
    this.embed = (event.target as HTMLInputElement).checked;
  };

  private readonly create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const [expires_in] = ENDS[Number(form.get("end"))] ?? [30 * DAY];
    const [note, only] = [written(form, "note"), written(form, "only")];
    const view = { ...this.viewed(), ...(only === "" ? {} : { only }) };
    await this.attempt(async () => {
      this.made = await this.api.share({ expires_in, note, embed: this.embed, view });
    });
  };

  private async revoke(id: string): Promise<void> {
    await this.attempt(() => this.api.revoke(id));
    if (this.made?.id === id) this.made = null;
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = asProblem(error);
    }
    this.changed();
  }
}

function written(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-share-dialog": ShareDialog;
  }
}
