/** What the browser keeps for this site. Frames in other sites' pages may have no store: then nothing is kept. */
type Kind = "local" | "session";

const storeOf = (kind: Kind): Storage => (kind === "local" ? localStorage : sessionStorage);

/** What is kept by this name; null where there is nothing, or no store. */
export function stored(name: string, kind: Kind = "local"): string | null {
  try {
    return storeOf(kind).getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text by a name, if it can be kept. */
export function store(name: string, text: string, kind: Kind = "local"): void {
  try {
    storeOf(kind).setItem(name, text);
  } catch {
    // No store, or a full one: it is forgotten with the page.
  }
}
