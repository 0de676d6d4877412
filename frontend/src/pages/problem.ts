/** A problem document, as people read it. */
import { html, nothing, type TemplateResult } from "lit";

import { problemId } from "../api/client";
import type { Problem, RunState } from "../contract";
import { cutTo } from "../state/draft";
import { t, told } from "../text";
import { count, number } from "../theme/format";

export function problemNote(
  problem: Problem | null | undefined,
  more: unknown = nothing,
): TemplateResult | typeof nothing {
  if (!problem) return nothing;
  return html`<div class="problem" role="alert">
    <strong>${titleOf(problem)}</strong>
    ${problem.detail === "" ? nothing : html`<p>${problem.detail}</p>`} ${wayIn(problem)} ${more}
  </div>`;
}

/** By its kind in the language of the page; problems that the page found itself speak it already. */
const titleOf = (problem: Problem): string => told(`problems.${problemId(problem)}.title`, problem.title);

/** Whose session ended while the page was open comes back to it. */
function wayIn(problem: Problem): TemplateResult | typeof nothing {
  if (problemId(problem) !== "login-required") return nothing;
  return html`<p>
    <a href="/login?next=${encodeURIComponent(location.pathname + location.search)}">${t("shell.in")}</a>
  </p>`;
}

/** The way out of a text that is too long for a model: a button that asks again with its beginning. */
export function cutOffer(
  problem: Problem,
  { sources }: RunState,
  ask: (text: string) => void,
): TemplateResult | typeof nothing {
  const text = sources.find(({ kind }) => kind === "text")?.text;
  const { limit, value } = problem;
  if (problemId(problem) !== "text-too-long" || text == null || limit === null || value === null) return nothing;
  const shorter = cutTo(text, limit, value);
  return html`<p>
    <button @click=${() => ask(shorter)}>
      ${count("run.cut", Array.from(shorter).length, { limit: number(limit) })}
    </button>
  </p>`;
}

/** Whether a problem is about this part of the request: `methods` for `methods.0.params.steps`, and so on. */
export function concerns(problem: Problem | null, ...parts: readonly string[]): boolean {
  const head = (problem?.field ?? "").split(/[.[]/)[0] ?? "";
  return problem !== null && parts.includes(head);
}

interface Place {
  method: number;
  name: string;
}

/** The parameter of a method that a problem is about: field `methods.1.params.n_steps` → 1, `n_steps`. */
export const parameterOf = (problem: Problem | null): Place | null => placeOf(problem, "params");

/** The role of a method that a problem is about: field `methods.1.roles.draft` → 1, `draft`. */
export const roleOf = (problem: Problem | null): Place | null => placeOf(problem, "roles");

function placeOf(problem: Problem | null, part: "params" | "roles"): Place | null {
  const match = /^methods[.[](\d+)\]?\.(\w+)\.(\w+)/.exec(problem?.field ?? "");
  return match?.[2] === part ? { method: Number(match[1]), name: match[3] ?? "" } : null;
}
