/** What a person can do with a run of theirs. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { JobState, MethodEntry, RunState } from "../contract";
import { isUnfinished } from "../state/run";
import { base } from "../theme/styles";

export type Action =
  | { kind: "stop" | "cancel" | "change" | "share" }
  /** The same question once more; a sampled continuation with this seed. */
  | { kind: "again"; seed: number };

export class ActionChosen extends Event {
  static readonly type = "action-chosen";
  constructor(readonly action: Action) {
    super(ActionChosen.type);
  }
}

/** Whether a model of the run is at its continuation, or a method at continuations of its own: both can be stopped. */
export function isGenerating(
  { generate, jobs, results }: RunState,
  streams: Readonly<Record<string, readonly unknown[]>>,
  methods: readonly MethodEntry[],
): boolean {
  const draws = (key: string): boolean => {
    const needs = methods.find((method) => method.key === key)?.needs ?? [];
    return needs.length > 0 && needs.every((all) => all.includes("generate"));
  };
  const continues = ({ id, state, continuation }: JobState): boolean =>
    state === "running" && continuation?.finish == null && (generate !== null || (streams[id]?.length ?? 0) > 0);
  return jobs.some(continues) || results.some(({ state, method }) => state === "running" && draws(method.key));
}

@customElement("tessera-run-actions")
export class RunActions extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) run!: RunState;
  @property({ type: Boolean }) generating = false;
  @state() private stopping = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("generating") && !this.generating) this.stopping = false;
  }

  protected override render(): TemplateResult {
    const busy = this.run.jobs.some(isUnfinished);
    return html`
      ${this.generating ? this.stop() : nothing} ${busy ? this.cancel() : nothing}
      ${!busy && this.run.generate?.do_sample === true ? this.seeds(this.run.generate.seed ?? 0) : nothing}
      <button @click=${() => this.choose({ kind: "change" })}>Change and run again</button>
      <button class="primary" @click=${() => this.choose({ kind: "share" })}>Share</button>
    `;
  }

  private stop(): TemplateResult {
    return html`<button
      ?disabled=${this.stopping}
      @click=${() => {
        this.stopping = true;
        this.choose({ kind: "stop" });
      }}
    >
      ${this.stopping ? "Stopping …" : "Stop generating"}
    </button>`;
  }

  private cancel(): TemplateResult {
    const asked = this.run.jobs.filter(isUnfinished).every(({ cancelling }) => cancelling);
    return html`<button ?disabled=${asked} @click=${() => this.choose({ kind: "cancel" })}>
      ${asked ? "Cancelling …" : "Cancel"}
    </button>`;
  }

  private seeds(seed: number): TemplateResult {
    return html`<button
        title="The same seed draws the same tokens"
        @click=${() => this.choose({ kind: "again", seed })}
      >
        Again with seed ${seed}
      </button>
      <button @click=${() => this.choose({ kind: "again", seed: anotherSeed(seed) })}>Another seed</button>`;
  }

  private choose(action: Action): void {
    this.dispatchEvent(new ActionChosen(action));
  }
}

/** Short enough to be remembered and typed. */
function anotherSeed(seed: number): number {
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
  const other = drawn % 10_000;
  return other === seed ? other + 1 : other;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-run-actions": RunActions;
  }
}
