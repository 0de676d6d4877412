/** What a pin names, fetched: the run, the result once it is done, and the numbers of it that are compared. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import { RunApi } from "../api";
import { asProblem } from "../api/client";
import type { Problem, Result, ResultState, RunState, Strip } from "../contract";
import { t } from "../text";
import { shownOf } from "../views/shown";
import type { Side } from "./compare";
import { apiOf, type Place } from "./pins";
import { isUnfinished } from "./run";

export type Fetched =
  | { kind: "none" | "loading" }
  | { kind: "failed"; problem: Problem | null }
  /** The run is there, and its answer is on its way. */
  | { kind: "waiting"; run: RunState; state: ResultState }
  | { kind: "ready"; run: RunState; state: ResultState; result: Result };

/** An answer that is not there yet is asked for this often. */
const POLL = 1000;

/** Fetches what a place names whenever that changes. */
export class SideWatch implements ReactiveController {
  value: Fetched = { kind: "none" };
  private known = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the loops: what an earlier one still hears is not listened to. */
  private loop = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly place: () => Place | null,
  ) {
    host.addController(this);
  }

  hostUpdate(): void {
    const place = this.place();
    const wanted = place === null ? "" : `${place.at} ${place.result}`;
    if (wanted === this.known) return;
    this.known = wanted;
    this.stop();
    this.value = { kind: place === null ? "none" : "loading" };
    if (place !== null) void this.fetch(place, this.loop);
  }

  hostConnected(): void {
    this.known = "";
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.stop();
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.loop += 1;
  }

  private async fetch(place: Place, loop: number): Promise<void> {
    const found = await fetched(place);
    if (loop !== this.loop) return;
    this.value = found;
    if (found.kind === "waiting") this.timer = setTimeout(() => void this.fetch(place, loop), POLL);
    this.host.requestUpdate();
  }
}

async function fetched(place: Place): Promise<Fetched> {
  const api = new RunApi(apiOf(place));
  try {
    const run = await api.state();
    const state = run.results.find(({ id }) => id === place.result);
    if (state === undefined) return { kind: "failed", problem: null };
    if (state.state === "done") return { kind: "ready", run, state, result: await api.result(place.result) };
    const job = run.jobs.find(({ id }) => id === state.job);
    return isUnfinished(state)
      ? { kind: "waiting", run, state }
      : { kind: "failed", problem: state.problem ?? job?.problem ?? null };
  } catch (error) {
    return { kind: "failed", problem: asProblem(error) };
  }
}

/** The place itself, or, where it names no part, the first that the result holds. */
function placed(result: Result, place: Place): Place {
  const [first] = place.part === "" ? partsOf(result) : [];
  return first === undefined ? place : { ...place, panel: first.panel, part: first.part };
}

/** The numbers that a place names in a result; null where the result does not hold them. */
export function sideOf(result: Result, place: Place): Side | null {
  const { panel: at, part, selections } = placed(result, place);
  const panel = result.panels[at];
  if (panel?.kind === "segmentations") {
    const strip = result.strips.find(({ id }) => id === part && panel.strips.includes(id));
    return strip ? cut(strip) : null;
  }
  if (panel?.kind !== "scores") return null;
  const strip = result.strips.find(({ id }) => id === panel.strip);
  const index = panel.tracks.findIndex(({ name }) => name === part);
  if (strip === undefined || index < 0) return null;
  const { track, own, scale } = shownOf(panel, strip, { track: index, ...(selections ? { selections } : {}) });
  return { strip, track, values: own, scale };
}

/** How a tokenizer cuts: each token counts as one. */
function cut(strip: Strip): Side {
  const values = Float32Array.from(strip.units, ({ kind }) => (kind === "gap" ? 0 : 1));
  const track: Side["track"] = {
    ...{ name: "tokens", label: t("compare.tokens"), unit: "token", scale: "sequential" as const },
    ...{ domain: [0, null] as [number, null], aggregate: ["sum" as const], categories: null },
  };
  return { strip, track, values, scale: { kind: "sequential", low: 0, high: 1 } };
}

/** What else of a result could be compared: every track of its panels of scores, or every row that it cuts. */
export function partsOf(result: Result): { panel: number; part: string; label: string }[] {
  return result.panels.flatMap((panel, at) => {
    if (panel.kind === "scores") {
      const strip = result.strips.find(({ id }) => id === panel.strip);
      const several = result.panels.filter(({ kind }) => kind === "scores").length > 1;
      const where = several && strip ? ` · ${strip.label}` : "";
      return panel.tracks.map(({ name, label }) => ({ panel: at, part: name, label: label + where }));
    }
    if (panel.kind !== "segmentations") return [];
    return panel.strips.map((id) => {
      const strip = result.strips.find((known) => known.id === id);
      return { panel: at, part: id, label: strip?.label ?? id };
    });
  });
}
