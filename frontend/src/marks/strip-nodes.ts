/** The elements of a token strip: text in paragraphs, a tile behind each piece, shared graphemes with split tiles. */
import type { Strip, Unit } from "../contract";
import { byteCells, bytesOf, hexOf } from "../tokens/bytes";
import { blocks, clusters, paragraphs, pieces, type Piece } from "../tokens/pieces";
import { showInvisible } from "../tokens/visible";

/** Past this many units a text is cut into blocks that are laid out, and given tiles, as they come into view. */
export const LONG = 1500;
const BLOCK = 120;
/** Of what takes more work and room than text. */
const NOTED_BLOCK = 48;
/** What a line usually holds, and its height in rem: of text, and of tokens with something below them. */
const LINE_CHARACTERS = 62;
const LINE = 2.28;
const NOTED_LINE = 3.1;
/** What may be given room of its own; letters may not, or joined and right-to-left scripts would fall apart. */
const PICTOGRAM = /^(\p{Extended_Pictographic}|\p{Regional_Indicator})/u;

/** How a strip is written. */
export interface Writing {
  /** Spaces, line breaks and what else leaves no mark are drawn. */
  invisible: boolean;
  /** Special tokens and those of a template are drawn. */
  specials: boolean;
  /** Below every token, its id, its bytes. */
  ids: boolean;
  bytes: boolean;
  /** Instead of text, a cell for each byte. */
  cells: boolean;
}

/** A paragraph or a part of one. Until it is built it is its plain text, which a search in the page finds as well. */
export interface Block {
  index: number;
  element: HTMLElement;
  pieces: readonly Piece[];
  /** The units that have tiles here. */
  units: readonly number[];
  built: boolean;
}

export class StripNodes {
  readonly blocks: readonly Block[];
  /** Of each unit, its tiles as far as they are built; the first carries its role, label and tab stop. */
  readonly tiles: HTMLElement[][];
  /** Of each unit, the block where it begins; −1 where it is not drawn. */
  private readonly homes: Int32Array;
  private readonly starts: ReadonlySet<number>;

  constructor(
    private readonly strip: Strip,
    private readonly writing: Writing,
  ) {
    const lines = paragraphs(pieces(strip.units).filter(({ kind }) => writing.specials || kind !== "special"));
    const far = strip.units.length > LONG;
    this.tiles = strip.units.map(() => []);
    this.homes = new Int32Array(strip.units.length).fill(-1);
    this.starts = startsOf(strip);
    const most = writing.ids || writing.bytes || writing.cells ? NOTED_BLOCK : BLOCK;
    this.blocks = (far ? blocks(lines, most) : lines).map((own, index) => this.blockOf(own, index, far));
  }

  /** The block where a unit begins. */
  homeOf(unit: number): Block | undefined {
    return this.blocks[this.homes[unit] ?? -1];
  }

  /** The tiles of a unit; its block is built if it was not yet. */
  tilesOf(unit: number): readonly HTMLElement[] {
    const home = this.homeOf(unit);
    if (home) this.build(home);
    return this.tiles[unit] ?? [];
  }

  build(block: Block): void {
    if (block.built) return;
    block.built = true;
    const { ids, bytes, cells } = this.writing;
    if (cells) block.element.replaceChildren(...this.cellNodes(block));
    else if (ids || bytes)
      block.element.replaceChildren(...clusters(block.pieces).map((own) => this.noted(own, block)));
    else block.element.replaceChildren(...block.pieces.map((piece) => this.pieceNode(piece, block.index)));
  }

  private blockOf(own: readonly Piece[], index: number, far: boolean): Block {
    const paragraph = element("p", far ? "paragraph far" : "paragraph");
    paragraph.dir = this.writing.cells ? "ltr" : "auto";
    paragraph.append(document.createTextNode(own.map((piece) => this.written(piece)).join("")));
    const units = [...new Set(own.flatMap((piece) => piece.units))];
    for (const unit of units) if ((this.homes[unit] ?? 0) < 0) this.homes[unit] = index;
    if (far) paragraph.style.containIntrinsicBlockSize = `auto ${this.heightOf(own, units)}rem`;
    return { index, element: paragraph, pieces: own, units, built: false };
  }

  /** About how high a block will be, in rem: what comes into view at once depends on it. */
  private heightOf(own: readonly Piece[], units: readonly number[]): number {
    const { ids, bytes, cells } = this.writing;
    const characters = own.reduce((sum, { text }) => sum + text.length, 0);
    if (!ids && !bytes && !cells) return LINE * Math.ceil(characters / LINE_CHARACTERS);
    const widths = units.map((unit) => {
      const { text, id } = this.strip.units[unit] ?? {};
      const count = 1.2 * (text ?? "").length;
      const [of, cell] = [ids ? String(id ?? "").length : 0, cells ? 4 : bytes ? 2.2 : 0];
      return Math.max(cells ? 0 : (text ?? "").length, 0.8 * of, cell * count) + 0.4;
    });
    const width = widths.reduce((sum, one) => sum + one, 0);
    return NOTED_LINE * Math.ceil(width / LINE_CHARACTERS);
  }

  private written({ kind, text }: Piece): string {
    return this.writing.invisible && kind === "text" ? showInvisible(text) : text;
  }

  private pieceNode(piece: Piece, block: number): HTMLElement {
    const text = this.written(piece);
    const [only, ...more] = piece.units;
    if (only === undefined) return withText(element("span", "unowned"), text);
    if (more.length > 0) return this.sharedNode(piece.units, text, block);
    const node = this.tileOf(only, block, `${classOf(this.strip.units[only])} ${piece.kind}`);
    if (piece.kind === "text" && /^[\r\n]+$/.test(piece.text) && !this.writing.invisible) node.classList.add("break");
    return withText(node, text);
  }

  /** One grapheme over the tiles of all units that hold a part of it. */
  private sharedNode(shared: readonly number[], text: string, block: number): HTMLElement {
    const node = element("span", PICTOGRAM.test(text) && shared.length > 3 ? "shared roomy" : "shared");
    node.style.setProperty("--parts", String(shared.length));
    const parts = shared.map((unit, index) => {
      const part = this.tileOf(unit, block, `part ${classOf(this.strip.units[unit])}`);
      part.style.setProperty("--from", String(index / shared.length));
      part.style.setProperty("--share", String(1 / shared.length));
      return part;
    });
    node.append(...parts, withText(element("span", "grapheme"), text));
    return node;
  }

  /** Pieces that may not be torn apart, and below them what there is to know of their tokens. */
  private noted(own: readonly Piece[], block: Block): HTMLElement {
    const units = [...new Set(own.flatMap((piece) => piece.units))].filter((unit) => this.homeOf(unit) === block);
    const nodes = own.map((piece) => this.pieceNode({ ...piece, text: withoutBreak(piece.text) }, block.index));
    const [only, ...more] = nodes;
    const single = more.length === 0 && only?.classList.contains("tile") === true;
    const node = single ? only : element("span", "cluster");
    if (!single) node.append(...nodes);
    node.classList.add("noted");
    node.dataset["below"] = this.noteOf(units);
    return node;
  }

  /** A line for the ids, a line for the bytes. */
  private noteOf(units: readonly number[]): string {
    const { ids, bytes } = this.writing;
    const own = units.flatMap((unit) => this.strip.units[unit] ?? []);
    const held = own.flatMap((unit) => bytesOf(unit) ?? []);
    const rows = [ids ? own.flatMap(({ id }) => id ?? []) : [], bytes ? held.map(hexOf) : []];
    return rows.flatMap((row) => (row.length > 0 ? row.join(" · ") : [])).join("\n");
  }

  /** A tile for each unit, a cell for each of its bytes. */
  private cellNodes(block: Block): HTMLElement[] {
    return block.units
      .filter((unit) => this.homeOf(unit) === block)
      .map((index) => {
        const unit = this.strip.units[index];
        const bytes = unit && bytesOf(unit);
        const node = this.tileOf(index, block.index, classOf(unit));
        if (!bytes) return withText(node, unit?.surface ?? unit?.text ?? "");
        node.classList.add("cells");
        const { ids } = this.writing;
        if (ids && unit.id != null) node.classList.add("noted");
        if (ids && unit.id != null) node.dataset["below"] = String(unit.id);
        const row = element("span", "bytes");
        row.append(...byteCells(bytes).map(cellNode));
        node.append(row);
        return node;
      });
  }

  private tileOf(unit: number, block: number, classes: string): HTMLElement {
    const node = element("span", `tile ${classes}`);
    node.dataset["unit"] = String(unit);
    const known = this.tiles[unit] ?? [];
    const leads = this.homes[unit] === block && !known.some((tile) => tile.hasAttribute("role"));
    if (leads) {
      node.setAttribute("role", "option");
      node.tabIndex = -1;
      if (this.starts.has(unit)) node.classList.add("starts");
      known.unshift(node);
    } else {
      known.push(node);
    }
    return node;
  }
}

/** Where the continuation begins is marked once, at its first unit. */
function startsOf({ units }: Strip): Set<number> {
  const firsts = ["generated", "predicted"].map((segment) => units.findIndex((unit) => unit.segment === segment));
  return new Set(firsts.filter((first) => first > 0));
}

function classOf(unit: Unit | undefined): string {
  if (unit === undefined) return "";
  return [unit.segment ?? "", unit.kind === "gap" ? "gap" : "", unit.special ? "special" : ""].join(" ").trim();
}

/** A tile with room of its own ends its line without a break. */
const withoutBreak = (text: string): string => text.replace(/\r?\n$/, "⏎");

function cellNode({ hex, char }: { hex: string; char: string }): HTMLElement {
  const node = withText(element("span", "cell"), hex);
  node.dataset["char"] = char;
  return node;
}

function element(tag: "p" | "span", classes: string): HTMLElement {
  const node = document.createElement(tag);
  node.className = classes;
  return node;
}

function withText(node: HTMLElement, text: string): HTMLElement {
  node.append(document.createTextNode(text));
  return node;
}
