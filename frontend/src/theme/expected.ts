/** What was promised, in words: seconds to come are told roughly, because that is how they are known. */
import type { Estimate, JobEstimate, JobState } from "../contract";
import { t } from "../text";
import { bytes, count, number } from "./format";

type Held = JobState["held"];

/** A duration to come: "under 1 s", "about 12 s", "about 3 min". */
export function about(seconds: number): string {
  return seconds < 1 ? t("cost.moment") : t("cost.about", { what: rough(seconds) });
}

function rough(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)}\u202fs`;
  return seconds < 5400 ? `${Math.round(seconds / 60)}\u202fmin` : `${Math.round(seconds / 3600)}\u202fh`;
}

/** What a question would cost and when it would begin, part by part. */
export function costOf(estimate: Estimate): string[] {
  const methods = new Set(estimate.jobs.flatMap((job: JobEstimate) => job.methods)).size;
  const models = new Set(estimate.jobs.flatMap(({ model }) => model ?? [])).size;
  const asked =
    models > 1
      ? t("cost.on", { methods: count("count.methods", methods), models: count("count.models", models) })
      : count("count.methods", methods);
  if (estimate.basis === "computed") return [asked, t("cost.computed")];
  const parts = [asked, duration(estimate)];
  if (estimate.most > 0) parts.push(passes(estimate));
  return [...parts, bytes(estimate.memory), queue(estimate)];
}

function duration({ seconds, basis, runs }: Estimate): string {
  if (seconds === null) return t("cost.unknown");
  const from = basis === "runs" ? count("cost.from-runs", runs) : t("cost.by-passes");
  const wide = seconds.high >= 2 && seconds.high > 2 * seconds.low;
  const range = wide ? `${t("cost.range", { low: rough(seconds.low), high: rough(seconds.high) })}, ` : "";
  return `${about(seconds.expected)} (${range}${from})`;
}

function passes({ passes: expected, most }: Estimate): string {
  if (most <= 1.1 * expected) return count("count.passes", expected);
  return t("cost.passes", { passes: count("count.passes", expected), most: number(most) });
}

function queue({ position, wait, held }: Estimate): string {
  if (held !== null) return whyHeld(held);
  if (position === 0) return wait === null || wait < 1 ? t("cost.next") : t("cost.begins", { time: about(wait) });
  const jobs = count("cost.ahead", position);
  return wait === null ? jobs : `${jobs}, ${about(wait)}`;
}

const whyHeld = (held: NonNullable<Held>): string => t(held === "paused" ? "cost.paused" : "cost.no-worker");

/** When a queued job begins: its place, and how long that will take. */
export function turnOf({ position, line, wait, held, shared }: JobState): string {
  if (shared) return wait === null ? t("turn.shared") : `${t("turn.shared")}, ${left(wait)}`;
  const place = placeOf(position, line);
  if (held !== null) return `${place} · ${whyHeld(held)}`;
  if (wait === null) return place;
  return `${place} · ${wait < 1 ? t("turn.now") : t("turn.starts", { time: about(wait) })}`;
}

function placeOf(position: number | null, line: number | null): string {
  if (position === null) return t("turn.waiting");
  const place = number(position + 1);
  return line === null ? t("turn.place", { place }) : t("turn.place-of", { place, line: number(line) });
}

/** How long a running job is expected to go on; empty where nobody knows. */
export function restOf({ rest }: JobState): string {
  return rest === null ? "" : left(rest);
}

const left = (seconds: number): string => (seconds === 0 ? t("turn.longer") : t("turn.left", { time: about(seconds) }));
