/** A sheet as one file of HTML: text that flows, the styles it needs, pictures inside, no scripts; light and dark. */
import { childrenOf } from "./read";
import { readSvg } from "./read-svg";
import { INHERITED, initialOf, OWN, SIZES } from "./html-styles";
import type { Stage } from "./stage";
import { fragment } from "./svg";

const TAGS = new Set(
  "p h3 h4 h5 ul ol li dl dt dd table thead tbody tr th td caption figure figcaption code strong em b i span div sub sup".split(
    " ",
  ),
);
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export interface HtmlOptions {
  title: string;
  language: string;
  /** Width of the text [px]. */
  width: number;
}

/** Built of nodes, so that whatever a token says is text. */
export function toHtml({ sheet, theme }: Stage, { title, language, width }: HtmlOptions): string {
  const page = document.implementation.createHTMLDocument(title);
  page.documentElement.lang = language;
  const rules = new Rules();
  theme("light");
  const root = new Copier(page, false).copy(sheet);
  theme("dark");
  const night = new Copier(page, true).copy(sheet);
  theme("light");
  if (root === null || night === null) throw new Error("an empty sheet");
  merge(root, night, rules);
  const policy = page.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = POLICY;
  const charset = page.createElement("meta");
  charset.setAttribute("charset", "utf-8");
  const view = page.createElement("meta");
  view.name = "viewport";
  view.content = "width=device-width, initial-scale=1";
  const style = page.createElement("style");
  style.textContent = rules.sheet(width);
  page.head.prepend(charset, policy, view);
  page.head.append(style);
  const main = page.createElement("main");
  main.append(root);
  page.body.append(main);
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}

/** Styles as classes: whatever looks alike by day and by night shares one. */
class Rules {
  private readonly names = new Map<string, string>();

  nameOf(day: string, night: string): string {
    const key = `${day}\u0000${night}`;
    const name = this.names.get(key) ?? `t${this.names.size.toString(36)}`;
    this.names.set(key, name);
    return name;
  }

  sheet(width: number): string {
    const rules = [...this.names].map(([key, name]) => {
      const [day = "", night = ""] = key.split("\u0000");
      const known = new Set(day.split(";"));
      return {
        name,
        day,
        changed: night
          .split(";")
          .filter((rule) => !known.has(rule))
          .join(";"),
      };
    });
    const nights = rules.filter(({ changed }) => changed !== "").map(({ name, changed }) => `.${name}{${changed}}`);
    return [
      ":root{color-scheme:light dark;background:#fbfaf7}body{margin:0;padding:1.5rem}",
      `main{max-width:${width}px;margin:auto;overflow-wrap:break-word}*{box-sizing:border-box;margin:0;padding:0;border:0}`,
      "img,svg{max-width:100%;height:auto}ul,ol{list-style:none}table{border-collapse:collapse}.night{display:none}",
      ...rules.map(({ name, day }) => `.${name}{${day}}`),
      `@media (prefers-color-scheme:dark){:root{background:#14161a}.day{display:none}.night{display:revert}${nights.join("")}}`,
      "@media print{*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}",
    ].join("\n");
  }
}

class Copier {
  constructor(
    private readonly page: Document,
    private readonly dark: boolean,
  ) {}

  copy(element: Element, above: CSSStyleDeclaration | null = null): HTMLElement | null {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.clipPath === "inset(50%)") return null;
    if (element instanceof SVGSVGElement) return this.drawing(element);
    if (element instanceof HTMLImageElement || element instanceof HTMLCanvasElement)
      return this.picture(element, style);
    const block = style.display.startsWith("inline") || style.display === "contents" ? "span" : "div";
    const own = this.page.createElement(TAGS.has(element.localName) ? element.localName : block);
    own.dataset["style"] = styleOf(element, style, above);
    const dir = element.getAttribute("dir");
    if (dir !== null) own.setAttribute("dir", dir);
    const told = element.getAttribute("role") === "option" ? element.getAttribute("aria-label") : null;
    if (told !== null) own.title = told;
    for (const child of childrenOf(element)) {
      if (child instanceof Text) own.append(this.page.createTextNode(child.data));
      else if (child instanceof Element) {
        const copied = this.copy(child, style);
        if (copied !== null) own.append(copied);
      }
    }
    return own;
  }

  private drawing(element: SVGSVGElement): HTMLElement {
    const rect = element.getBoundingClientRect();
    const shapes = readSvg(element, rect, 1);
    const parsed = new DOMParser().parseFromString(fragment(shapes, rect.width, rect.height), "image/svg+xml");
    const holder = this.page.createElement("span");
    holder.className = this.dark ? "night" : "day";
    holder.append(this.page.importNode(parsed.documentElement, true));
    const { position, gridArea } = getComputedStyle(element);
    holder.dataset["style"] = `display:block;position:${position};grid-area:${gridArea}`;
    return holder;
  }

  private picture(element: HTMLImageElement | HTMLCanvasElement, style: CSSStyleDeclaration): HTMLElement {
    const image = this.page.createElement("img");
    image.alt = element.getAttribute("alt") ?? element.getAttribute("aria-label") ?? "";
    image.src = element instanceof HTMLCanvasElement ? element.toDataURL("image/png") : pixels(element);
    const { width } = element.getBoundingClientRect();
    image.dataset["style"] =
      `width:${Math.round(width)}px;image-rendering:${style.imageRendering};grid-area:${style.gridArea};filter:${style.filter}`;
    return image;
  }
}

function pixels(image: HTMLImageElement): string {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return canvas.toDataURL("image/png");
}

/** What a browser would not do by itself. */
function styleOf(element: Element, style: CSSStyleDeclaration, above: CSSStyleDeclaration | null): string {
  const rules: string[] = [];
  for (const name of OWN) {
    if (isIdle(name, style) || (above === null && name === "position")) continue;
    const value = style.getPropertyValue(name);
    if (value !== initialOf(name, element.localName)) rules.push(`${name}:${value}`);
  }
  for (const name of INHERITED) {
    const value = style.getPropertyValue(name);
    if (above?.getPropertyValue(name) !== value) rules.push(`${name}:${value}`);
  }
  const bare = childrenOf(element).every((child) => child instanceof Text && child.data.trim() === "");
  const placed = (above !== null && style.position === "absolute") || (bare && style.display !== "inline");
  if (placed) for (const name of SIZES) rules.push(`${name}:${style.getPropertyValue(name)}`);
  return rules.join(";").replaceAll('"', "'");
}

/** Colours and widths of lines that are not drawn. */
function isIdle(name: string, style: CSSStyleDeclaration): boolean {
  const [, side] = /^(border-\w+|outline)-(?:width|color|offset)$/.exec(name) ?? [];
  if (side !== undefined) return style.getPropertyValue(`${side}-style`) === "none";
  return name.startsWith("text-decoration-") && name !== "text-decoration-line" && style.textDecorationLine === "none";
}

/** Gives both copies their classes; drawings stand in the page twice. */
function merge(day: HTMLElement, night: HTMLElement, rules: Rules): void {
  const name = rules.nameOf(day.dataset["style"] ?? "", night.dataset["style"] ?? "");
  delete day.dataset["style"];
  const drawing = day.classList.contains("day");
  day.classList.add(name);
  if (drawing) {
    delete night.dataset["style"];
    night.classList.add(name);
    day.after(night);
    return;
  }
  const nights = [...night.children];
  [...day.children].forEach((child, index) => {
    const other = nights[index];
    if (child instanceof HTMLElement && other instanceof HTMLElement) merge(child, other, rules);
  });
}
