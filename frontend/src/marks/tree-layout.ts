/**
 * Where the nodes of a tree of continuations stand: a column for each step, a row for each leaf.
 *
 * A node shares the row of its foremost child (kept before dropped, then by probability), so that the path that was
 * accepted runs straight and what was passed over hangs below it.
 */
import type { BranchNode } from "../contract";
import type { Measure } from "./measure";

export interface TreeItem {
  node: BranchNode;
  /** What is written. */
  label: string;
}

export interface Placed {
  index: number;
  parent: number | null;
  depth: number;
  row: number;
  /** Where its column begins; the width of what is written. */
  x: number;
  width: number;
  children: readonly number[];
  /** The probability of the way from the root to here, this node included; NaN where a part of it is unknown. */
  path: number;
}

const GAP = 30;

/** Nodes in reading order, along each branch before the next. Nodes below an unknown parent are roots. */
export function treeLayout(items: readonly TreeItem[], measure: Measure): Placed[] {
  const at = new Map(items.map(({ node }, index) => [node.id, index]));
  const parents = items.map(({ node }) => (node.parent === null ? null : (at.get(node.parent) ?? null)));
  const children = items.map((): number[] => []);
  parents.forEach((parent, index) => {
    if (parent !== null) children[parent]?.push(index);
  });
  for (const list of children) list.sort((one, other) => before(items[one]?.node, items[other]?.node));
  const placed: Placed[] = [];
  let row = 0;
  const visit = (index: number, depth: number, path: number): void => {
    const own = path * Math.exp(items[index]?.node.log_probability ?? (depth === 0 ? 0 : NaN));
    const below = children[index] ?? [];
    const width = measure(items[index]?.label ?? "");
    placed.push({ index, parent: parents[index] ?? null, depth, row, x: 0, width, children: below, path: own });
    below.forEach((child, order) => {
      if (order > 0) row++;
      visit(child, depth + 1, own);
    });
  };
  const roots = items.map((_, index) => index).filter((index) => parents[index] === null);
  roots.forEach((root, order) => {
    if (order > 0) row++;
    visit(root, 0, 1);
  });
  return inColumns(placed);
}

function before(one: BranchNode | undefined, other: BranchNode | undefined): number {
  if (one?.kept !== other?.kept) return one?.kept === true ? -1 : 1;
  return (other?.log_probability ?? -Infinity) - (one?.log_probability ?? -Infinity) || 0;
}

/** Columns are as wide as what is written in them. */
function inColumns(placed: readonly Placed[]): Placed[] {
  const widths: number[] = [];
  for (const { depth, width } of placed) widths[depth] = Math.max(widths[depth] ?? 0, width);
  const starts = widths.map((_, depth) => widths.slice(0, depth).reduce((sum, width) => sum + width + GAP, 0));
  return placed.map((one) => ({ ...one, x: starts[one.depth] ?? 0 }));
}
