/** A run that goes on from another token, against the run that it departs from: the comparison that any two get. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { RunApi } from "../api";
import type { Result, ResultState, RunState } from "../contract";
import { departure } from "../state/compare";
import { BEGIN, type Comparing } from "../state/comparing";
import type { Place } from "../state/pins";
import { rich, t } from "../text";
import { base } from "../theme/styles";
import { quoted } from "../tokens/visible";
import type { ComparingChange } from "./compare-view";

/** A side of a branch: where its answer is, and the unit where both part. */
interface Part {
  place: Place;
  result: Result;
  from: number;
}

@customElement("tessera-comparison")
export class ComparisonView extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
        padding: 1.1rem 1.25rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
      }
      h2 {
        font-size: 1.0625rem;
      }
    `,
  ];

  @property({ attribute: false }) run!: RunState;
  @property({ attribute: false }) fetched!: (id: string) => Result | null;
  /** Rises with every result that has come: the colours may be known now. */
  @property({ type: Number }) known = 0;
  @state() private original: { run: RunState; results: Map<string, [ResultState, Result]> } | null = null;
  /** How a person looks at it; where both lie is known from the run. */
  @state() private look: Comparing = { ...BEGIN, manner: "under" };

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("run");
    if (changed.has("run") && before?.branch?.run !== this.run.branch?.run) void this.load();
  }

  protected override render(): TemplateResult | typeof nothing {
    const parts = this.original === null ? null : this.parts(this.original);
    if (parts === null || this.original === null) return nothing;
    const [original, branch] = parts;
    const said = ({ result, from, place }: Part): string => quoted(stripAt(result, place)?.units[from]?.text ?? "");
    const back = this.original.run.url;
    return html`
      <h2>${t("branch.title")}</h2>
      <p class="small">
        ${rich("branch.goes-on", {
          ...{ chosen: said(branch), other: said(original) },
          a: (inside) => html`<a href=${back}>${inside}</a>`,
        })}
      </p>
      <tessera-compare
        fixed
        .comparing=${{ ...this.look, a: original.place, b: branch.place }}
        .names=${[t("branch.original"), t("branch.branch")]}
        .from=${branch.from}
        @comparing-change=${({ comparing }: ComparingChange) => (this.look = comparing)}
      ></tessera-compare>
    `;
  }

  /** Both answers of the first method that both runs were asked, where they have coloured what the model scored. */
  private parts({ run: other, results }: NonNullable<ComparisonView["original"]>): [Part, Part] | null {
    const { branch, generate } = this.run;
    const begun = generate?.begin?.length ?? 0;
    if (branch === null || begun === 0) return null;
    for (const state of plainResults(this.run, branch.model)) {
      const here = this.fetched(state.id);
      const [there, theirs] = results.get(state.method.key) ?? [];
      const place = here && placeOf(this.run, state, here);
      const from = here && place ? departure(stripAt(here, place) ?? { units: [] }, begun) : null;
      const back = there && theirs ? placeOf(other, there, theirs, place?.part) : null;
      if (!here || !theirs || !place || !back || from === null) continue;
      return [
        { place: back, result: theirs, from: branch.at },
        { place, result: here, from },
      ];
    }
    return null;
  }

  private async load(): Promise<void> {
    const { branch } = this.run;
    if (branch === null) return;
    void import("./compare-view");
    const api = new RunApi(`/api/runs/${branch.run}`);
    try {
      const run = await api.state();
      const done = plainResults(run, branch.model);
      const found = await Promise.all(
        done.map(async (state) => [state.method.key, [state, await api.result(state.id)]] as const),
      );
      this.original = { run, results: new Map(found.map(([key, [state, result]]) => [key, [state, result]])) };
    } catch {
      // The run that it departs from is gone: there is nothing to compare with.
      this.original = null;
    }
  }
}

/** Results that answer for the whole run (no single target) on a model, done. */
function plainResults({ jobs, results }: RunState, model: string): ResultState[] {
  const plain = new Set(jobs.filter((job) => job.model === model && job.targets.length === 0).map(({ id }) => id));
  return results.filter(({ job, state }) => plain.has(job) && state === "done");
}

/** The track of this name, else the first without axes, on the strip that the model scored. */
function placeOf({ id }: RunState, state: ResultState, result: Result, part?: string): Place | null {
  const strip = result.strips.find(({ role }) => role === "text" || role === "output");
  const panel = result.panels.findIndex((one) => one.kind === "scores" && one.strip === strip?.id);
  const found = result.panels[panel];
  const tracks = found?.kind === "scores" ? found.tracks.filter(({ axes }) => axes.length === 0) : [];
  const track = part === undefined ? tracks[0] : tracks.find(({ name }) => name === part);
  return track ? { at: `runs/${id}`, result: state.id, panel, part: track.name } : null;
}

function stripAt(result: Result, { panel }: Place): Result["strips"][number] | undefined {
  const found = result.panels[panel];
  return found?.kind === "scores" ? result.strips.find(({ id }) => id === found.strip) : undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-comparison": ComparisonView;
  }
}
