/** Everything that is needed to compute a result again. */
import { html, nothing, type TemplateResult } from "lit";

import type { Result } from "../contract";
import { bytes, seconds } from "../theme/format";

export function provenance({ provenance: known }: Result, paper: string): TemplateResult {
  const rows: [name: string, value: unknown][] = [
    ...known.models.map(({ role, model, revision, dtype, tokenizer_hash: hash }): [string, unknown] => [
      role === "main" ? "Model" : `Model (${role})`,
      html`${model} at ${revision || "no revision"},
      ${dtype}${hash === "" ? nothing : html`, tokenizer <code>${hash.slice(0, 12)}</code>`}`,
    ]),
    ["Method", `${known.method}, version ${known.version}`],
    ["Parameters", html`<code>${JSON.stringify(known.parameters)}</code>`],
    ["Reading", known.reading ? html`<code>${JSON.stringify(known.reading)}</code>` : ""],
    ["Rows of logits", known.rows.length > 0 ? known.rows.join(", ") : ""],
    ["Seed", String(known.seed)],
    ["Computed on", known.device],
    ["Took", seconds(known.seconds)],
    ["Most memory", bytes(known.peak_memory_bytes)],
    ["Paper", reference(paper)],
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
