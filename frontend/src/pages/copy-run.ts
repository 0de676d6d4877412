/** Takes the question of a run that is somebody else's to one's own page, to be changed and asked again. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { asProblem } from "../api/client";
import type { Problem, RunState } from "../contract";
import { copyOf } from "../state/copy";
import { saveDraft } from "../state/draft";
import { Shortcuts } from "../state/shortcuts";
import { t } from "../text";
import { base } from "../theme/styles";
import { problemNote } from "./problem";

@customElement("tessera-copy-run")
export class CopyRun extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
        justify-items: end;
      }
    `,
  ];

  @property({ attribute: false }) run!: RunState;
  @state() private busy = false;
  @state() private problem: Problem | null = null;

  constructor() {
    super();
    new Shortcuts(this, () => [
      { id: "copy", label: t("copy.run"), group: "run", keys: "shift+c", run: () => void this.copy() },
    ]);
  }

  protected override render(): TemplateResult {
    return html`<button class="primary" title=${t("copy.says")} ?disabled=${this.busy} @click=${this.copy}>
        ${this.busy ? t("copy.busy") : t("copy.run")}
      </button>
      ${problemNote(this.problem)}`;
  }

  private readonly copy = async (): Promise<void> => {
    this.busy = true;
    this.problem = null;
    try {
      saveDraft(await copyOf(this.run));
      location.assign("/");
    } catch (error) {
      this.problem = asProblem(error);
    }
    this.busy = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-copy-run": CopyRun;
  }
}
