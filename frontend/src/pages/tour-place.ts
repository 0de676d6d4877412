/** Where a step of the tour points, and where its box finds room. */

/** The first element of a selector below a root, through all shadow roots. */
export function deep(selector: string, root: ParentNode): Element | null {
  const found = root.querySelector(selector);
  if (found !== null) return found;
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot === null) continue;
    const inside = deep(selector, element.shadowRoot);
    if (inside !== null) return inside;
  }
  return null;
}

/** The element at the end of a path of selectors, each within the one before; null while one is missing or not shown. */
export function within(path: readonly string[], root: ParentNode = document): Element | null {
  let at: Element | null = null;
  for (const selector of path) {
    at = deep(selector, at === null ? root : (at.shadowRoot ?? at));
    if (at === null) return null;
  }
  return at !== null && at.getClientRects().length > 0 ? at : null;
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const GAP = 12;
const EDGE = 8;

/** The corner of a box beside what it points at: below where there is room, else above, else over its end. */
export function beside(anchor: Box, box: Pick<Box, "width" | "height">, window: Pick<Box, "width" | "height">): Box {
  const left = Math.max(EDGE, Math.min(anchor.left, window.width - box.width - EDGE));
  const bottom = anchor.top + anchor.height;
  const below = bottom + GAP + box.height + EDGE <= window.height;
  const above = anchor.top - GAP - box.height >= EDGE;
  const top = below ? bottom + GAP : above ? anchor.top - GAP - box.height : window.height - box.height - EDGE;
  return { left, top: Math.max(EDGE, top), ...box };
}
