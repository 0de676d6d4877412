/** What a person can do with a run of theirs. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { JobState, MethodEntry, RunState } from "../contract";
import { isUnfinished } from "../state/run";
import { Shortcuts, type Shortcut } from "../state/shortcuts";
import { t } from "../text";
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

  constructor() {
    super();
    new Shortcuts(this, () => this.offered());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("generating") && !this.generating) this.stopping = false;
  }

  protected override render(): TemplateResult {
    const { seed } = this;
    return html`
      ${this.generating ? this.stop() : nothing} ${this.busy ? this.cancel() : nothing}
      ${seed === null ? nothing : this.seeds(seed)}
      <button @click=${() => this.choose({ kind: "change" })}>${t("run.change")}</button>
      <button class="primary" @click=${() => this.choose({ kind: "share" })}>${t("run.share")}</button>
    `;
  }

  private get busy(): boolean {
    return this.run.jobs.some(isUnfinished);
  }

  /** Of a continuation that was drawn and can be drawn again. */
  private get seed(): number | null {
    const { generate } = this.run;
    return !this.busy && generate?.do_sample === true ? (generate.seed ?? 0) : null;
  }

  private offered(): Shortcut[] {
    const { seed } = this;
    const offer = (id: string, label: string, action: Action, when = true): Shortcut => {
      return { id, label, group: "run", when: () => when, run: () => this.choose(action) };
    };
    return [
      { ...offer("share", t("run.share"), { kind: "share" }), keys: "shift+s" },
      { ...offer("change", t("run.change"), { kind: "change" }), keys: "shift+c" },
      offer("stop", t("run.stop"), { kind: "stop" }, this.generating && !this.stopping),
      offer("cancel", t("run.cancel"), { kind: "cancel" }, this.busy),
      offer("again", t("run.seed", { seed: String(seed) }), { kind: "again", seed: seed ?? 0 }, seed !== null),
      offer("seed", t("run.other-seed"), { kind: "again", seed: anotherSeed(seed ?? 0) }, seed !== null),
    ];
  }

  private stop(): TemplateResult {
    return html`<button
      ?disabled=${this.stopping}
      @click=${() => {
        this.stopping = true;
        this.choose({ kind: "stop" });
      }}
    >
      ${this.stopping ? t("run.stopping") : t("run.stop")}
    </button>`;
  }

  private cancel(): TemplateResult {
    const asked = this.run.jobs.filter(isUnfinished).every(({ cancelling }) => cancelling);
    return html`<button ?disabled=${asked} @click=${() => this.choose({ kind: "cancel" })}>
      ${asked ? t("run.cancelling") : t("run.cancel")}
    </button>`;
  }

  private seeds(seed: number): TemplateResult {
    return html`<button title=${t("run.seed-draws")} @click=${() => this.choose({ kind: "again", seed })}>
        ${t("run.seed", { seed: String(seed) })}
      </button>
      <button @click=${() => this.choose({ kind: "again", seed: anotherSeed(seed) })}>${t("run.other-seed")}</button>`;
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
