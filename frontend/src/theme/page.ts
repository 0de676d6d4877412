/** The page itself: its style sheet, and the choice between light and dark. */
import { store, stored } from "../state/storage";
import { language } from "../text";
import { themeSheet } from "./palette";

export const TYPEFACES = `
    --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
    --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", "DejaVu Sans Mono", monospace;
`;

const PAGE = `
  :root {
    ${TYPEFACES}
    font: 1rem/1.55 var(--sans);
    font-optical-sizing: auto;
    -webkit-text-size-adjust: 100%;
    text-size-adjust: 100%;
    background: var(--paper);
    color: var(--ink);
  }
  body { margin: 0; overflow-wrap: break-word; }
  @media print { :root { font-size: 10.5pt; } }
`;

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
const KEY = "tessera.theme";

let installed = false;

/** Once for a page that is all ours. */
export function installPage(): void {
  if (installed) return;
  installed = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(themeSheet() + PAGE);
  document.adoptedStyleSheets.push(sheet);
  document.documentElement.lang = language;
  setTheme(storedTheme());
}

export function storedTheme(): Theme {
  const known = stored(KEY);
  return THEMES.find((theme) => theme === known) ?? "auto";
}

export function setTheme(theme: Theme): void {
  store(KEY, theme);
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
