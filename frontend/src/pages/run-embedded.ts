/** The answers of a shared run as a page of another site shows them: no more around them than a note and a way to the run. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Answering } from "../state/explain";
import { t } from "../text";
import type { Chapter } from "./chapters";

interface Embedded {
  chapters: readonly Chapter[];
  /** Key of the method whose answers are shown in place of what was shared; empty: none. */
  method: string;
  /** Key of the one card that is shown; without it, all are. */
  only: string | undefined;
  note: string;
  /** Where the share's data are. */
  api: string;
  card: (group: Answering) => TemplateResult;
}

export function embeddedRun({ chapters, method, only, note, api, card }: Embedded): TemplateResult {
  const groups = chapters.flatMap((chapter) => chapter.groups);
  const asked = groups.filter(({ results }) => results[0]?.method.key === method);
  const shown = asked.length > 0 ? asked : groups.filter(({ key }) => only === undefined || key === only);
  const href = api.replace("/api/shares/", "/s/");
  return html`<div class="embedded">
    ${note === "" ? nothing : html`<p>${note}</p>`} ${repeat(shown.length > 0 ? shown : groups, ({ key }) => key, card)}
    <p class="small"><a href=${href} target="_blank" rel="noopener">${t("embed.open")}</a></p>
  </div>`;
}
