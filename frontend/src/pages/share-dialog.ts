/** A link for others: how long it lasts, a note, and the links there are. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { RunApi } from "../api";
import { asProblem } from "../api/client";
import type { Problem, ShareState } from "../contract";
import { moment, plural } from "../theme/format";
import { base } from "../theme/styles";
import { problemNote } from "./problem";

const DAY = 86_400;
const ENDS: readonly (readonly [seconds: number | null, name: string])[] = [
  [DAY, "after a day"],
  [7 * DAY, "after a week"],
  [30 * DAY, "after 30 days"],
  [366 * DAY, "after a year"],
  [null, "never"],
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
      .link {
        display: flex;
        gap: 0.5rem;
      }
      .link input {
        flex: 1;
        min-inline-size: 0;
        font-family: var(--mono);
        font-size: 0.85rem;
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
  @state() private made: ShareState | null = null;
  @state() private copied = false;
  @state() private problem: Problem | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;

  open(): void {
    this.made = null;
    this.problem = null;
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const live = this.shares.filter(({ revoked }) => !revoked);
    return html`<dialog aria-labelledby="title">
      <h2 id="title">Share this run</h2>
      ${this.made === null ? this.form() : this.link(this.made)} ${problemNote(this.problem)}
      ${
        live.length === 0
          ? nothing
          : html`<ul aria-label="Links">
              ${live.map((share) => this.share(share))}
            </ul>`
      }
      <div class="end"><button @click=${() => this.dialog.close()}>Close</button></div>
    </dialog>`;
  }

  private form(): TemplateResult {
    return html`<form @submit=${this.create}>
      <p class="small muted">Whoever holds the link can see this run, and change nothing.</p>
      <label>
        The link ends
        <select name="end">
          ${ENDS.map(([, name], index) => html`<option value=${index} ?selected=${index === 2}>${name}</option>`)}
        </select>
      </label>
      <label>A note to go with it <input type="text" name="note" maxlength="512" /></label>
      <div><button class="primary">Make a link</button></div>
    </form>`;
  }

  private link({ url, expires_at: end }: ShareState): TemplateResult {
    const address = new URL(url ?? "", location.href).href;
    return html`<section>
      <div class="link">
        <input type="text" readonly .value=${address} aria-label="The link" @focus=${selectAll} />
        <button class="primary" @click=${() => this.copy(address)}>${this.copied ? "Copied" : "Copy"}</button>
      </div>
      <p class="small muted">
        It is shown only now. ${end === null ? "It does not end." : `It ends on ${moment(end)}.`}
      </p>
    </section>`;
  }

  private share({ id, note, expires_at: end, views }: ShareState): TemplateResult {
    return html`<li class="small">
      <span>${note || "Link"}, ${end === null ? "without end" : `until ${moment(end)}`}, ${plural(views, "view")}</span>
      <button class="quiet" @click=${() => this.revoke(id)}>Revoke</button>
    </li>`;
  }

  private readonly create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const [expires_in] = ENDS[Number(form.get("end"))] ?? [30 * DAY];
    const note = form.get("note");
    await this.attempt(async () => {
      this.made = await this.api.share({ expires_in, note: typeof note === "string" ? note : "" });
      this.copied = false;
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

  private async copy(address: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      // Without the permission the link is selected, to be copied by hand.
      this.renderRoot.querySelector<HTMLInputElement>(".link input")?.select();
      return;
    }
    this.copied = true;
  }
}

const selectAll = (event: Event): void => (event.target as HTMLInputElement).select();

declare global {
  interface HTMLElementTagNameMap {
    "tessera-share-dialog": ShareDialog;
  }
}
