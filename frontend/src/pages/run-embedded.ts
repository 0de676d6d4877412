/** The answers of a shared run as a page of another site shows them: no more around them than a note and a way to the run. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Answering } from "../state/explain";
import { t } from "../text";
import type { Chapter } from "./chapters";

interface Embedded {
  chapters: readonly Chapter[];
  /** Key of the one card that is shown; without it, all are. */
  only: string | undefined;
  note: string;
  /** Where the whole run is. */
  href: string;
  card: (group: Answering) => TemplateResult;
}

export function embeddedRun({ chapters, only, note, href, card }: Embedded): TemplateResult {
  const groups = chapters.flatMap((chapter) => chapter.groups);
  const shown = groups.filter(({ key }) => only === undefined || key === only);
  return html`<div class="embedded">
    ${note === "" ? nothing : html`<p>${note}</p>`} ${repeat(shown.length > 0 ? shown : groups, ({ key }) => key, card)}
    <p class="small"><a href=${href} target="_blank" rel="noopener">${t("embed.open")}</a></p>
  </div>`;
}
