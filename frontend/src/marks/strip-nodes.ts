/** The elements of a token strip: text in paragraphs, a tile behind each piece, shared graphemes with split tiles. */
import type { Strip, Unit } from "../contract";
import { paragraphs, pieces, type Piece } from "../tokens/pieces";
import { showInvisible } from "../tokens/visible";

export interface StripNodes {
  body: HTMLElement[];
  /** Of each unit, its tiles; the first carries its role, label and tab stop. */
  tiles: HTMLElement[][];
}

/** Long texts are laid out paragraph by paragraph, as these come into view. */
const LONG = 1500;
/** What may be given room of its own; letters may not, or joined and right-to-left scripts would fall apart. */
const PICTOGRAM = /^(\p{Extended_Pictographic}|\p{Regional_Indicator})/u;

export function stripNodes(strip: Strip, invisible: boolean): StripNodes {
  const tiles: HTMLElement[][] = strip.units.map(() => []);
  const body = paragraphs(pieces(strip.units)).map((line) => {
    const paragraph = element("p", strip.units.length > LONG ? "paragraph far" : "paragraph");
    paragraph.dir = "auto";
    paragraph.append(...line.map((piece) => pieceNode(piece, strip.units, tiles, invisible)));
    return paragraph;
  });
  markStarts(strip, tiles);
  return { body, tiles };
}

function pieceNode(piece: Piece, units: readonly Unit[], tiles: HTMLElement[][], invisible: boolean): HTMLElement {
  const text = invisible && piece.kind === "text" ? showInvisible(piece.text) : piece.text;
  const [only, ...more] = piece.units;
  if (only === undefined) return withText(element("span", "unowned"), text);
  if (more.length > 0) return sharedNode(piece.units, units, tiles, text);
  const node = tileOf(only, tiles, `${classOf(units[only])} ${piece.kind}`);
  if (piece.kind === "text" && /^[\r\n]+$/.test(piece.text) && !invisible) node.classList.add("break");
  return withText(node, text);
}

/** One grapheme over the tiles of all units that hold a part of it. */
function sharedNode(
  shared: readonly number[],
  units: readonly Unit[],
  tiles: HTMLElement[][],
  text: string,
): HTMLElement {
  const node = element("span", PICTOGRAM.test(text) && shared.length > 3 ? "shared roomy" : "shared");
  node.style.setProperty("--parts", String(shared.length));
  const parts = shared.map((unit, index) => {
    const part = tileOf(unit, tiles, `part ${classOf(units[unit])}`);
    part.style.setProperty("--from", String(index / shared.length));
    part.style.setProperty("--share", String(1 / shared.length));
    return part;
  });
  node.append(...parts, withText(element("span", "grapheme"), text));
  return node;
}

function tileOf(unit: number, tiles: HTMLElement[][], classes: string): HTMLElement {
  const node = element("span", `tile ${classes}`);
  node.dataset["unit"] = String(unit);
  const known = tiles[unit] ?? [];
  if (known.length === 0) {
    node.setAttribute("role", "option");
    node.tabIndex = -1;
  }
  known.push(node);
  return node;
}

/** Where the continuation begins is marked once, at its first unit. */
function markStarts(strip: Strip, tiles: HTMLElement[][]): void {
  for (const segment of ["generated", "predicted"]) {
    const first = strip.units.findIndex((unit) => unit.segment === segment);
    if (first > 0) tiles[first]?.[0]?.classList.add("starts");
  }
}

const classOf = (unit: Unit | undefined): string =>
  [unit?.segment ?? "", unit?.kind === "gap" ? "gap" : ""].join(" ").trim();

function element(tag: "p" | "span", classes: string): HTMLElement {
  const node = document.createElement(tag);
  node.className = classes;
  return node;
}

function withText(node: HTMLElement, text: string): HTMLElement {
  node.append(document.createTextNode(text));
  return node;
}
