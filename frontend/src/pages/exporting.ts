/** The menu by which an answer leaves the page: as it is looked at, as the server has it, or as a way to ask again. */
import { html, type TemplateResult } from "lit";

import type { RunApi } from "../api";
import type { JobState, Panel, Result, ResultState, RunState } from "../contract";
import { questionOf } from "../export/reproduce";
import type { ViewStore } from "../state/view";
import type { PanelContext } from "../views/context";
import "../export/menu";

export interface Answered {
  api: RunApi;
  /** What was asked; null where nobody knows. */
  run: RunState | null;
  job: JobState;
  state: ResultState;
  result: Result;
  /** The method's name. */
  name: string;
  panels: readonly Panel[];
  context: Omit<PanelContext, "result" | "look">;
  view: ViewStore;
  key: string;
}

export function exportMenu({ api, run, job, state, view, ...shown }: Answered): TemplateResult {
  return html`<tessera-export-menu
    .of=${() => ({ ...shown, site: api.site, view: view.value })}
    .question=${() => (run === null ? null : questionOf(run, job, state.method))}
    .whole=${(format: "json" | "csv" | "svg" | "html" | "tex") => api.download(state.id, format)}
    .named=${() => namesOf(shown.result)}
  ></tessera-export-menu>`;
}

/** By which files of a result are named: method, models, target. */
export function namesOf({ method, provenance, target }: Result): string[] {
  const models = new Set(provenance.models.map(({ model }) => model));
  return [method, ...models, target === null ? "" : (target.class_label ?? target.text)];
}
