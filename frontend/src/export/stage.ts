/** A sheet laid out by the browser, out of sight, in the type and theme of the export. */
import { TokenStrip } from "../marks/token-strip";
import { dark, light, variables } from "../theme/palette";
import { codePoints } from "../tokens/describe";
import { CHAINS, isDrawn, lend, typeSet, type TypeSet } from "./fonts";
import { childrenOf } from "./read";
import { ExportSheet, type Exported } from "./sheet-view";

export type SheetTheme = "light" | "dark";

/** Widths of figures: on paper [mm], and as many CSS pixels as make the page's type fit for print. */
export const WIDTHS = {
  single: { mm: 85, px: 460 },
  double: { mm: 175, px: 940 },
  slide: { mm: 320, px: 1120 },
} as const;
export type Width = keyof typeof WIDTHS;

export interface Stage {
  sheet: ExportSheet;
  type: TypeSet;
  theme(theme: SheetTheme): void;
  strike(): void;
}

/** Controls are no part of a figure; what is written on them in a list or legend is. */
const QUIET = `
  :is(select, input, textarea, label, details, tessera-band, tessera-head-grid, [popover], [data-sheet="no"]),
  button:not(:is(li, th, td, .legend, .bars) button) { display: none !important; }
  :is(li, th, td, .legend, .bars) button {
    padding: 0 !important; border: 0 !important; background: none !important; min-block-size: 0 !important;
    min-height: 0 !important;
  }
  :is(.strip, p) { max-inline-size: none !important; }
  * { transition: none !important; animation: none !important; max-block-size: none !important; }
  :not(svg, svg *) { overflow: visible !important; }
  [data-written~="before"]::before, [data-written~="after"]::after { content: none !important; }
`;
const ROUNDS = 40;
const QUIET_ROUNDS = 3;

export async function stage(exported: Exported, width: Width, theme: SheetTheme): Promise<Stage> {
  const sheet = new ExportSheet();
  sheet.exported = exported;
  sheet.inert = true;
  sheet.setAttribute("aria-hidden", "true");
  dress(sheet, WIDTHS[width].px, theme);
  document.body.append(sheet);
  let giveBack = (): void => undefined;
  const strike = (): void => {
    sheet.remove();
    giveBack();
  };
  try {
    await settled(sheet);
    const type = await typeSet(textsOf(sheet));
    giveBack = await lend(type);
    const missing = [...type.missing].filter(isDrawn);
    sheet.missing = missing.map(codePoints);
    await settled(sheet);
    for (const element of rootsIn(sheet)) if (isBare(element)) element.style.display = "none";
    for (const element of rootsIn(sheet)) writeOut(element);
    return { sheet, type, theme: (next) => dress(sheet, WIDTHS[width].px, next), strike };
  } catch (error) {
    strike();
    throw error;
  }
}

function dress(sheet: HTMLElement, width: number, theme: SheetTheme): void {
  const colours = variables(theme === "dark" ? dark : light, theme);
  sheet.style.cssText = `position: absolute; inset-block-start: 0; inset-inline-start: -20000px; inline-size: ${width}px;
    color-scheme: ${theme}; --sans: ${CHAINS.sans}; --mono: ${CHAINS.mono}; ${colours}`;
}

/** Until all of it is drawn: texts whose parts come near first, charts that measure their room, pictures. */
async function settled(sheet: HTMLElement): Promise<void> {
  let before = -1;
  for (let round = 0, quiet = 0; round < ROUNDS && quiet < QUIET_ROUNDS; round++) {
    for (const element of elementsIn(sheet)) {
      if (element instanceof HTMLElement && "updateComplete" in element) await element.updateComplete;
      if (element instanceof TokenStrip) element.paintAll();
    }
    await pause();
    const elements = elementsIn(sheet);
    elements.forEach(quieten);
    await Promise.all(elements.filter((element) => element instanceof HTMLImageElement).map(decoded));
    const busy = elements.some((element) => element.getAttribute("aria-busy") === "true");
    quiet = elements.length === before && !busy ? quiet + 1 : 0;
    before = elements.length;
  }
  await document.fonts.ready;
}

/** A picture that cannot be read is left out. */
const decoded = (image: HTMLImageElement): Promise<void> => image.decode().catch(() => undefined);

/** Two frames, or what they take where nobody looks. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, 60);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        clearTimeout(timer);
        resolve();
      }),
    );
  });

const dressed = new WeakSet<ShadowRoot>();
let quietSheet: CSSStyleSheet | null = null;

function quieten(element: Element): void {
  const root = element.shadowRoot;
  if (root !== null && !dressed.has(root)) {
    dressed.add(root);
    quietSheet ??= sheetOf(QUIET);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, quietSheet];
  }
  // What is far from view is not laid out, and a sheet is far from view.
  if (element instanceof HTMLElement && getComputedStyle(element).contentVisibility === "auto") {
    element.style.contentVisibility = "visible";
  }
}

function sheetOf(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

/** All elements that are drawn, those of shadows included. */
export function elementsIn(root: Element): Element[] {
  const found: Element[] = [];
  const visit = (element: Element): void => {
    found.push(element);
    for (const child of childrenOf(element)) if (child instanceof Element) visit(child);
  };
  visit(root);
  return found;
}

const rootsIn = (sheet: Element): HTMLElement[] =>
  elementsIn(sheet).filter((element) => element instanceof HTMLElement);

/** Rows of controls leave gaps. */
function isBare(element: HTMLElement): boolean {
  const { position, display } = getComputedStyle(element);
  const laidOut =
    position === "static" && !display.startsWith("inline") && display !== "contents" && display !== "none";
  return laidOut && elementsIn(element).every((inside) => inside.getBoundingClientRect().height === 0);
}

/** The text in either kind of type. */
function textsOf(sheet: Element): { sans: string; mono: string } {
  const texts = { sans: "", mono: "" };
  for (const element of elementsIn(sheet)) {
    const own = childrenOf(element).filter((child) => child instanceof Text);
    const told = [...own.map(({ data }) => data), contentOf(element, "::before"), contentOf(element, "::after")].join(
      "",
    );
    if (told === "") continue;
    texts[getComputedStyle(element).fontFamily.includes(CHAINS.mono.split(",")[0] ?? "mono") ? "mono" : "sans"] += told;
  }
  return texts;
}

/** What a style sheet writes before or after an element. */
function contentOf(element: Element, pseudo: "::before" | "::after"): string {
  const { content } = getComputedStyle(element, pseudo);
  const [, text = ""] = /^"((?:[^"\\]|\\.)*)"$/s.exec(content) ?? [];
  return text.replace(/\\(.)/g, "$1");
}

const COPIED = [
  ...[
    "color",
    "font-family",
    "font-size",
    "font-weight",
    "font-style",
    "line-height",
    "padding",
    "margin",
    "border",
    "background",
    "display",
    "position",
    "inset",
    "white-space",
  ],
  ...["vertical-align", "opacity", "inline-size", "block-size", "text-decoration", "direction", "z-index"],
];

/** Written by a style sheet, it cannot be measured: it becomes an element. */
function writeOut(element: Element): void {
  const written = (["before", "after"] as const).filter((side) => {
    const text = contentOf(element, `::${side}`);
    if (text === "") return false;
    const style = getComputedStyle(element, `::${side}`);
    const copy = document.createElement("span");
    copy.textContent = text;
    for (const name of COPIED) copy.style.setProperty(name, style.getPropertyValue(name));
    const root = element.shadowRoot ?? element;
    root.insertBefore(copy, side === "before" ? root.firstChild : null);
    return true;
  });
  if (written.length > 0) element.setAttribute("data-written", written.join(" "));
}
