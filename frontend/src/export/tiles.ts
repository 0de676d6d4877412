/** The strips of text on a sheet, as runs of one colour. */
import { childrenOf } from "./read";
import { colourOf, over } from "./colours";

export interface Tile {
  text: string;
  /** Ground, `#rrggbb`; null: none. */
  ground: string | null;
  ink: string;
  bold: boolean;
  italic: boolean;
  /** A special token, drawn by its name. */
  special: boolean;
  chosen: boolean;
  /** No number: it is hatched. */
  missing: boolean;
}

/** Of each strip its lines, of each line its tiles. */
export function stripsOf(sheet: Element, paper: string): Tile[][][] {
  return findAll(sheet, "tessera-token-strip").map((strip) =>
    Array.from(strip.shadowRoot?.querySelectorAll(".paragraph") ?? [], (line) =>
      [...line.children].flatMap((piece) => tilesOf(piece, paper)),
    ),
  );
}

function findAll(root: Element, name: string): Element[] {
  if (root.localName === name) return [root];
  return childrenOf(root).flatMap((child) => (child instanceof Element ? findAll(child, name) : []));
}

/** A grapheme that several units share has the ground of the first of them. */
function tilesOf(piece: Element, paper: string): Tile[] {
  const shared = piece.classList.contains("shared");
  const ground = shared ? (piece.querySelector(".tile") ?? piece) : piece;
  const text = shared ? (piece.querySelector(".grapheme")?.textContent ?? "") : own(piece);
  const style = getComputedStyle(ground);
  const [colour, ink] = [colourOf(style.backgroundColor), colourOf(getComputedStyle(piece).color)];
  return [
    {
      text,
      ground: colour === null ? null : over(colour, paper),
      ink: ink === null ? "#000000" : over(ink, paper),
      bold: Number(style.fontWeight) >= 550,
      italic: style.fontStyle === "italic",
      special: piece.classList.contains("special") || piece.classList.contains("template"),
      chosen: ground.classList.contains("chosen"),
      missing: ground.classList.contains("missing"),
    },
  ];
}

/** Without what a style sheet had written beside it. */
const own = (piece: Element): string =>
  Array.from(piece.childNodes, (node) => (node instanceof Text ? node.data : "")).join("");
