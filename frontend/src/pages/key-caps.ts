/** Keys as they are written on keyboards. */
import { css, html, type TemplateResult } from "lit";

import type { Group } from "../state/shortcuts";
import { t } from "../text";

export const GROUP_NAMES: Readonly<Record<Group, string>> = {
  go: t("palette.go"),
  show: t("palette.show"),
  run: t("palette.run"),
  page: t("palette.page"),
};

const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);

const NAMES: Readonly<Record<string, string>> = {
  shift: "⇧",
  arrowleft: "←",
  arrowright: "→",
  arrowup: "↑",
  arrowdown: "↓",
  enter: "⏎",
  home: t("keys.home"),
  end: t("keys.end"),
  escape: t("keys.escape"),
};

/** `mod+k` → Ctrl, K. */
export function capsOf(keys: string, mac = isMac()): string[] {
  const written = (part: string): string => (part.length === 1 ? part.toUpperCase() : part);
  return keys
    .toLowerCase()
    .split("+")
    .map((part) => (part === "mod" ? (mac ? "⌘" : t("keys.control")) : (NAMES[part] ?? written(part))));
}

export const keyCaps = (keys: string): TemplateResult =>
  html`<span class="keys">${capsOf(keys).map((cap) => html`<kbd>${cap}</kbd>`)}</span>`;

export const keyStyles = css`
  .keys {
    display: inline-flex;
    flex: none;
    gap: 0.2rem;
  }
  kbd {
    min-inline-size: 1.6rem;
    padding: 0.05rem 0.4rem;
    border: 1px solid var(--line);
    border-radius: 0.3rem;
    background: var(--sunken);
    color: var(--ink);
    font: 0.8125rem/1.45 var(--mono);
    text-align: center;
  }
`;
