/** The head of a side: which answer of the run, which track of it, and the way to its page. */
import { html, nothing, type TemplateResult } from "lit";

import type { MethodEntry, ResultState, RunState } from "../contract";
import { isUnfinished } from "../state/run";
import type { Place } from "../state/pins";
import { partsOf, type Fetched } from "../state/side";
import { t, told } from "../text";
import { titleOf } from "./run-header";

export function sideHead(
  letter: "A" | "B",
  place: Place,
  fetched: Fetched,
  methods: readonly MethodEntry[],
  change: (place: Place) => void,
): TemplateResult {
  if (fetched.kind !== "ready" && fetched.kind !== "waiting") {
    return html`<div class="side"><span class="letter">${letter}</span></div>`;
  }
  const { run } = fetched;
  return html`<div class="side">
    <span class="letter" aria-hidden="true">${letter}</span>
    <div class="row">
      ${resultSelect(letter, place, run, methods, change)}
      ${fetched.kind === "ready" ? partSelect(letter, place, fetched, change) : nothing}
    </div>
    <span class="of"><a href=${`/${place.at}#result-${place.result}`}>${t("compare.open")}</a> · ${titleOf(run)}</span>
  </div>`;
}

function resultSelect(
  letter: "A" | "B",
  place: Place,
  run: RunState,
  methods: readonly MethodEntry[],
  change: (place: Place) => void,
): TemplateResult {
  const chosen = (event: Event): void =>
    change({ at: place.at, result: (event.target as HTMLSelectElement).value, panel: 0, part: "" });
  const known = run.results.filter((state) => state.state === "done" || isUnfinished(state));
  return html`<select aria-label=${t("compare.what", { side: letter })} @change=${chosen}>
    ${known.map(
      (state) =>
        html`<option value=${state.id} ?selected=${state.id === place.result}>
          ${resultName(state, run, methods)}
        </option>`,
    )}
  </select>`;
}

function partSelect(
  letter: "A" | "B",
  place: Place,
  { result }: Fetched & { kind: "ready" },
  change: (place: Place) => void,
): TemplateResult | typeof nothing {
  const parts = partsOf(result);
  const at = place.part === "" ? 0 : parts.findIndex(({ panel, part }) => panel === place.panel && part === place.part);
  if (parts.length < 2 && at >= 0) return nothing;
  const chosen = (event: Event): void => {
    const part = parts[Number((event.target as HTMLSelectElement).value)];
    if (part) change({ ...withoutSelections(place), panel: part.panel, part: part.part });
  };
  return html`<select aria-label=${t("compare.part", { side: letter })} @change=${chosen}>
    ${at < 0 ? html`<option selected disabled>–</option>` : nothing}
    ${parts.map(({ label }, index) => html`<option value=${index} ?selected=${index === at}>${label}</option>`)}
  </select>`;
}

const withoutSelections = ({ at, result, panel, part }: Place): Place => ({ at, result, panel, part });

/** `Surprisal · demo-lm`. */
export function resultName(
  { method, job }: Pick<ResultState, "method" | "job">,
  { jobs }: Pick<RunState, "jobs">,
  methods: readonly MethodEntry[],
): string {
  const name = methods.find(({ key }) => key === method.key)?.name ?? method.key;
  const model = jobs.find(({ id }) => id === job)?.model;
  return told(`methods.${method.key}.name`, name) + (model == null ? "" : ` · ${model}`);
}
