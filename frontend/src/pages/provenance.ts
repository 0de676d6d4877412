/** Everything that is needed to compute a result again. */
import { html, nothing, type TemplateResult } from "lit";

import type { Result } from "../contract";
import { t } from "../text";
import { bytes, seconds } from "../theme/format";

export function provenance({ provenance: known }: Result, paper: string): TemplateResult {
  const rows: [name: string, value: unknown][] = [
    ...known.models.map(({ role, model, revision, dtype, tokenizer_hash: hash }): [string, unknown] => [
      role === "main" ? t("provenance.model") : t("provenance.model-role", { role }),
      html`${t("provenance.at", { model, revision: revision || t("provenance.no-revision"), dtype })}${hash === "" ? nothing : html`, ${t("provenance.tokenizer")} <code>${hash.slice(0, 12)}</code>`}`,
    ]),
    [t("provenance.method"), t("provenance.version", { method: known.method, version: String(known.version) })],
    [t("provenance.parameters"), html`<code>${JSON.stringify(known.parameters)}</code>`],
    [t("provenance.reading"), known.reading ? html`<code>${JSON.stringify(known.reading)}</code>` : ""],
    [t("provenance.rows"), known.rows.length > 0 ? known.rows.join(", ") : ""],
    [t("provenance.seed"), String(known.seed)],
    [t("provenance.device"), known.device],
    [t("provenance.took"), seconds(known.seconds)],
    [t("provenance.memory"), bytes(known.peak_memory_bytes)],
    [t("provenance.paper"), reference(paper)],
  ];
  return html`<dl class="provenance">
    ${rows.map(([name, value]) =>
      value === ""
        ? nothing
        : html`<dt>${name}</dt>
            <dd>${value}</dd>`,
    )}
  </dl>`;
}

const reference = (paper: string): unknown =>
  paper.startsWith("https://") ? html`<a href=${paper} rel="noreferrer">${paper}</a>` : paper;
