/** The properties of CSS that a copied sheet keeps. */

/** Those that children take over. */
export const INHERITED = [
  ...["color", "font-family", "font-size", "font-weight", "font-style", "line-height", "letter-spacing", "text-align"],
  ...["white-space", "font-variant-numeric", "font-variant-ligatures", "overflow-wrap", "visibility"],
] as const;

export const SIZES = ["width", "height", "top", "left"] as const;

const SIDES = ["top", "right", "bottom", "left"];
const BORDERS = SIDES.flatMap((side) => [`border-${side}-width`, `border-${side}-style`, `border-${side}-color`]);

/** Those that stand for one element alone. */
export const OWN = [
  ...["display", "position", "background-color", "background-image", "background-size", "background-position"],
  ...["background-repeat", "border-radius", "box-shadow", "outline-style", "outline-width", "outline-color"],
  ...["outline-offset", "text-decoration-line", "text-decoration-style", "text-decoration-color", "opacity"],
  ...["text-decoration-thickness", "text-underline-offset", "vertical-align", "row-gap", "column-gap", "flex-wrap"],
  ...["flex-direction", "justify-content", "align-items", "grid-template-columns", "grid-area", "max-width", "z-index"],
  ...[
    "unicode-bidi",
    "mix-blend-mode",
    ...SIDES.map((side) => `margin-${side}`),
    ...SIDES.map((side) => `padding-${side}`),
  ],
  ...BORDERS,
] as const;

/** By property, what a browser begins with; by element, how it is laid out. */
const INITIAL: Readonly<Record<string, string>> = {
  ...{
    position: "static",
    "background-color": "rgba(0, 0, 0, 0)",
    "background-image": "none",
    "background-size": "auto",
  },
  ...{ "background-position": "0% 0%", "background-repeat": "repeat", "border-radius": "0px", "box-shadow": "none" },
  ...{
    "outline-style": "none",
    "outline-offset": "0px",
    "text-decoration-line": "none",
    "text-decoration-style": "solid",
  },
  ...{
    opacity: "1",
    "text-decoration-thickness": "auto",
    "text-underline-offset": "auto",
    "vertical-align": "baseline",
  },
  ...{ "row-gap": "normal", "column-gap": "normal", "flex-wrap": "nowrap", "flex-direction": "row", "z-index": "auto" },
  ...{ "justify-content": "normal", "align-items": "normal", "grid-template-columns": "none", "grid-area": "auto" },
  ...{ "max-width": "none", "unicode-bidi": "normal", "mix-blend-mode": "normal" },
};
const SHOWN: Readonly<Record<string, string>> = {
  ...{ li: "list-item", table: "table", thead: "table-header-group", tbody: "table-row-group", tr: "table-row" },
  ...{ th: "table-cell", td: "table-cell", caption: "table-caption" },
};

export function initialOf(name: string, tag: string): string {
  if (name === "display") return SHOWN[tag] ?? (/^(p|h\d|ul|ol|dl|dt|dd|figure|div)$/.test(tag) ? "block" : "");
  if (/^(margin|padding|border-\w+-width)/.test(name)) return "0px";
  if (/^border-\w+-style/.test(name)) return "none";
  return INITIAL[name] ?? "";
}
