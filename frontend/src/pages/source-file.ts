/** A file of a person's own data: its name, what was found in it, and where to see it. */
import { css, html, nothing, type TemplateResult } from "lit";

import type { SourceState } from "../contract";
import { t } from "../text";
import { bytes } from "../theme/format";

export const fileStyles = css`
  .file {
    display: grid;
    gap: 0.35rem;
    padding: 0.9rem 1rem;
    border: 1px solid var(--line);
    border-radius: 0.6rem;
    background: var(--raised);
    overflow-wrap: anywhere;
  }
  .file .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2rem 0.9rem;
    align-items: baseline;
  }
  .file .name {
    font-weight: 620;
  }
  .file p {
    max-inline-size: 72ch;
  }
`;

const WHAT = { table: t("file.table"), logprobs: t("file.logprobs") } as const;

export const isFile = ({ kind }: SourceState): boolean => kind in WHAT;

export function sourceFile(source: SourceState, action: TemplateResult | typeof nothing = nothing): TemplateResult {
  const { kind, name, summary, url, bytes: size } = source;
  const what = kind === "table" || kind === "logprobs" ? WHAT[kind] : "";
  return html`<div class="file">
    <div class="head">
      <span class="name">${name}</span>
      <span class="small muted">${what}, ${bytes(size)}</span>
      ${url === null ? nothing : html`<a class="small" href=${url} target="_blank" rel="noopener">${t("file.see")}</a>`}
      ${action}
    </div>
    <p class="small">${summary}</p>
  </div>`;
}

/** Whether a pasted text is a server's answer; a cheap guess that the server has the last word on. */
export const looksLikeLogprobs = (text: string): boolean =>
  /^\s*(\{|\[|data:|event:)/.test(text) &&
  /"(logprobs?|token_logprobs|prompt_logprobs|completion_probabilities)"\s*:/.test(text);
