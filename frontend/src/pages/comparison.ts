/** A run that goes on from another token, against the run that it departs from: aligned, differences marked. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { RunApi } from "../api";
import type { Result, RunState } from "../contract";
import { decoded } from "../contract/arrays";
import {
  coloured,
  compare,
  departure,
  plainResults,
  type Comparison as Compared,
  type Said,
  type Side,
} from "../state/said";
import { plural, quantity } from "../theme/format";
import { colourScale, extent, isClipped, place, type ColourScale } from "../theme/scales";
import { base, tile } from "../theme/styles";
import { quoted } from "../tokens/visible";
import "../marks/legend";

/** So much of the text before the branch is shown. */
const CONTEXT = 160;

type Original = { kind: "loading" } | { kind: "gone" } | { kind: "ready"; run: RunState; results: Map<string, Result> };

@customElement("tessera-comparison")
export class ComparisonView extends LitElement {
  static override styles = [
    base,
    tile,
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
      .before {
        color: var(--muted);
        white-space: pre-wrap;
        unicode-bidi: plaintext;
      }
      .lines {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 0 0.9rem;
      }
      .names {
        display: grid;
        grid-template-rows: 1fr 1fr;
        block-size: 3.5rem;
        align-items: center;
        font-size: 0.8125rem;
        color: var(--muted);
      }
      .pairs {
        display: flex;
        flex-wrap: wrap;
        row-gap: 0.7rem;
        font-size: 1.0625rem;
        line-height: 1.75rem;
      }
      .pair {
        display: grid;
        grid-template-rows: 1.75rem 1.75rem;
        min-inline-size: 0.35rem;
      }
      .pair span {
        white-space: pre;
        min-inline-size: 0.35rem;
      }
      .changed .tile {
        text-decoration: underline 2px var(--ink);
        text-underline-offset: 0.28em;
      }
      .chosen {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
      }
      .break {
        flex-basis: 100%;
        block-size: 0;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 1.2rem;
      }
      @media (max-width: 40rem) {
        .lines {
          grid-template-columns: 1fr;
        }
        .names {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) run!: RunState;
  @property({ attribute: false }) fetched!: (id: string) => Result | null;
  /** Rises with every result that has come: the colours may be known now. */
  @property({ type: Number }) known = 0;
  @state() private original: Original = { kind: "loading" };

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("run");
    if (changed.has("run") && before?.branch?.run !== this.run.branch?.run) void this.load();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.run.branch === null || this.original.kind !== "ready") return nothing;
    const sides = this.sides(this.original);
    return sides === null ? nothing : this.drawn(sides[0], sides[1], this.original.run.url);
  }

  /** Both texts as the first method colours them that both runs were asked. */
  private sides({ run: other, results }: Original & { kind: "ready" }): [Side, Side] | null {
    const { branch, generate } = this.run;
    const begun = generate?.begin?.length ?? 0;
    if (branch === null || begun === 0) return null;
    for (const { id, method } of plainResults(this.run, branch.model)) {
      const here = coloured(this.run, this.fetched(id), branch.model);
      const there = coloured(other, results.get(method.key) ?? null, branch.model);
      const from = here && departure(here.strip, begun);
      if (!here || !there || from === null) continue;
      const track = here.tracks[0] ?? null;
      const same = there.tracks.find(({ name }) => name === track?.name) ?? null;
      return [
        { strip: there.strip, track: same, from: branch.at },
        { strip: here.strip, track: same && track, from },
      ];
    }
    return null;
  }

  private drawn(original: Side, branch: Side, back: string): TemplateResult {
    const compared = compare(original, branch);
    const scale = shared(original, branch, compared);
    const { before } = compared;
    const cut = before.length > CONTEXT ? `… ${before.slice(-CONTEXT)}` : before;
    const { track } = branch;
    return html`
      <h2>Against the run that it departs from</h2>
      <p class="small">
        Goes on from ${quoted(branch.strip.units[branch.from]?.text ?? "")} where
        <a href=${back}>the other run</a> has ${quoted(original.strip.units[original.from]?.text ?? "")}.
      </p>
      <p class="before small" dir="auto">${cut}</p>
      <div class="lines">
        <div class="names" aria-hidden="true"><span>Original</span><span>Branch</span></div>
        <div class="pairs">
          ${compared.pairs.map(([a, b]) => {
            const [one, other] = [a === null ? null : compared.original[a], b === null ? null : compared.branch[b]];
            return this.pair(one ?? null, other ?? null, original, branch, scale);
          })}
        </div>
      </div>
      ${
        track === null || scale === null
          ? nothing
          : html`<tessera-legend
              .scale=${scale}
              .values=${compared.branch.map(({ unit }) => valueAt(branch, unit))}
              .unit=${track.unit}
              .label=${track.label}
              .reads=${`Both are coloured by: ${track.label}.`}
            ></tessera-legend>`
      }
      <p class="facts small">${this.facts(compared, original, branch)}</p>
    `;
  }

  private pair(one: Said | null, other: Said | null, original: Side, branch: Side, scale: ColourScale | null): unknown {
    const same = one !== null && other !== null && idOf(original, one) === idOf(branch, other);
    const breaks = (one?.text ?? other?.text ?? "").includes("\n");
    return html`<span class="pair ${same ? "" : "changed"}"
        >${token(one, original, scale, "")}${token(other, branch, scale, other?.unit === branch.from ? "chosen" : "")}</span
      >${breaks ? html`<span class="break"></span>` : nothing}`;
  }

  private facts({ same, original: one, branch: other }: Compared, original: Side, branch: Side): TemplateResult {
    const [left, right] = [total(original, one), total(branch, other)];
    const label = branch.track?.label ?? "";
    const unit = branch.track?.unit ?? "";
    return html`<span>${plural(same, "token")} of ${other.length} stand in both; underlined ones differ.</span> ${
        left === null || right === null
          ? nothing
          : html`<span>${label}, summed: ${quantity(left, unit)} in the original, ${quantity(right, unit)} here.</span>`
      }`;
  }

  private async load(): Promise<void> {
    const { branch } = this.run;
    if (branch === null) return;
    const api = new RunApi(`/api/runs/${branch.run}`);
    try {
      const run = await api.state();
      const done = plainResults(run, branch.model);
      const results = await Promise.all(
        done.map(async ({ id, method }) => [method.key, await api.result(id)] as const),
      );
      this.original = { kind: "ready", run, results: new Map(results) };
    } catch {
      this.original = { kind: "gone" };
    }
  }
}

function token(said: Said | null, side: Side, scale: ColourScale | null, classes: string): TemplateResult {
  if (said === null) return html`<span></span>`;
  const value = valueAt(side, said.unit);
  const at = scale === null ? NaN : place(scale, value);
  const kind = [classes, Number.isNaN(at) ? "missing" : "", at < 0 ? "negative" : ""].join(" ");
  const clipped = scale !== null && isClipped(scale, value) ? "clipped" : "";
  const title = side.track === null ? "" : `${side.track.label} ${quantity(value, side.track.unit)}`;
  // White space is kept, so nothing may stand around the text.
  // prettier-ignore
  return html`<span class="tile ${kind} ${clipped}" style="--place: ${Number.isNaN(at) ? 0 : Math.abs(at)}" title=${title}>${said.text.replaceAll("\n", "⏎")}</span>`;
}

const idOf = ({ strip }: Side, { unit }: Said): number | null | undefined => strip.units[unit]?.id;

/** One scale for both, so that equal colours are equal numbers; the token that was chosen may lie beyond it. */
function shared(original: Side, branch: Side, compared: Compared): ColourScale | null {
  const { track } = branch;
  if (track === null) return null;
  const numbers = [
    ...compared.original.map(({ unit }) => valueAt(original, unit)),
    ...compared.branch.filter(({ unit }) => unit !== branch.from).map(({ unit }) => valueAt(branch, unit)),
  ].filter((value) => !Number.isNaN(value));
  const fixed = track.domain[1] === original.track?.domain[1];
  const { low, high } = colourScale(track, numbers);
  return colourScale({ scale: track.scale, domain: [low, fixed ? high : extent(numbers)[1]] }, numbers);
}

const valueAt = ({ track }: Side, unit: number): number =>
  track === null ? NaN : (decoded(track.values).data[unit] ?? NaN);

/** The sum over a side's tokens, where sums mean something. */
function total(side: Side, said: readonly Said[]): number | null {
  if (side.track?.aggregate[0] !== "sum") return null;
  const values = said.map(({ unit }) => valueAt(side, unit)).filter((value) => !Number.isNaN(value));
  return values.reduce((sum, value) => sum + value, 0);
}

declare global {
  interface HTMLElementTagNameMap {
    "tessera-comparison": ComparisonView;
  }
}
