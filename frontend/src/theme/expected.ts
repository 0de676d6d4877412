/** What was promised, in words: seconds to come are told roughly, because that is how they are known. */
import type { Estimate, JobEstimate, JobState } from "../contract";
import { bytes, number, plural } from "./format";

type Held = JobState["held"];

/** A duration to come: "under 1 s", "about 12 s", "about 3 min". */
export function about(seconds: number): string {
  return seconds < 1 ? "under 1\u202fs" : `about ${rough(seconds)}`;
}

function rough(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)}\u202fs`;
  return seconds < 5400 ? `${Math.round(seconds / 60)}\u202fmin` : `${Math.round(seconds / 3600)}\u202fh`;
}

/** What a question would cost and when it would begin, part by part. */
export function costOf(estimate: Estimate): string[] {
  const methods = new Set(estimate.jobs.flatMap((job: JobEstimate) => job.methods)).size;
  const models = new Set(estimate.jobs.flatMap(({ model }) => model ?? [])).size;
  const asked = plural(methods, "method") + (models > 1 ? ` on ${plural(models, "model")}` : "");
  if (estimate.basis === "computed") return [asked, "computed before: the answer is there at once"];
  const parts = [asked, duration(estimate)];
  if (estimate.most > 0) parts.push(passes(estimate));
  return [...parts, bytes(estimate.memory), queue(estimate)];
}

function duration({ seconds, basis, runs }: Estimate): string {
  if (seconds === null) return "time not known yet";
  const from = basis === "runs" ? `from ${plural(runs, "past run")}` : "by its passes";
  const wide = seconds.high >= 2 && seconds.high > 2 * seconds.low;
  const range = wide ? `${rough(seconds.low)} to ${rough(seconds.high)}, ` : "";
  return `${about(seconds.expected)} (${range}${from})`;
}

function passes({ passes: expected, most }: Estimate): string {
  if (most <= 1.1 * expected) return plural(expected, "pass", "passes");
  return `about ${plural(expected, "pass", "passes")}, at most ${number(most)}`;
}

function queue({ position, wait, held }: Estimate): string {
  if (held !== null) return whyHeld(held);
  if (position === 0) return wait === null || wait < 1 ? "nobody ahead of you" : `begins in ${about(wait)}`;
  const jobs = `${plural(position, "job")} ahead of you`;
  return wait === null ? jobs : `${jobs}, ${about(wait)}`;
}

const whyHeld = (held: NonNullable<Held>): string => (held === "paused" ? "the queue is paused" : "no worker is up");

/** When a queued job begins: its place, and how long that will take. */
export function turnOf({ position, line, wait, held, shared }: JobState): string {
  if (shared) return wait === null ? "Being computed for another run" : `Being computed for another run, ${left(wait)}`;
  const place =
    position === null ? "Waiting" : `Place ${number(position + 1)}${line === null ? "" : ` of ${number(line)}`}`;
  if (held !== null) return `${place} · ${whyHeld(held)}`;
  if (wait === null) return place;
  return wait < 1 ? `${place} · starts now` : `${place} · starts in ${about(wait)}`;
}

/** How long a running job is expected to go on; empty where nobody knows. */
export function restOf({ rest }: JobState): string {
  return rest === null ? "" : left(rest);
}

const left = (seconds: number): string => (seconds === 0 ? "longer than expected" : `${about(seconds)} left`);
