/** Finding an action by a few of its letters. */

/**
 * How well a query fits a name: null where its letters do not all occur in this order. Letters that begin words, and
 * letters that follow each other, count for more; of two that fit alike, the shorter name is meant.
 */
export function fit(query: string, name: string): number | null {
  const letters = Array.from(plain(query)).filter((letter) => letter !== " ");
  const text = Array.from(plain(name));
  const best = letters.length === 0 ? 0 : bestFrom(letters, text);
  return best === null ? null : best - text.length / 1000;
}

/** Those that fit, best first; all as they stand where nothing is asked. */
export function search<T>(query: string, all: readonly T[], nameOf: (each: T) => string): T[] {
  if (query.trim() === "") return [...all];
  return all
    .flatMap((each) => {
      const score = fit(query, nameOf(each));
      return score === null ? [] : [{ each, score }];
    })
    .sort((one, other) => other.score - one.score)
    .map(({ each }) => each);
}

/** Without case and marks: "Überblick" is found by "uber". */
const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** By dynamic programming over (letters, text): the best score of all ways to place the letters. */
function bestFrom(letters: readonly string[], text: readonly string[]): number | null {
  // At each place of the text, the best score so far, and the best that ends exactly there.
  let reached: (number | null)[] = Array<number | null>(text.length + 1).fill(0);
  let ending: (number | null)[] = Array<number | null>(text.length + 1).fill(null);
  for (const letter of letters) {
    const next: (number | null)[] = [null];
    const ends: (number | null)[] = [null];
    text.forEach((character, at) => {
      const before = reached[at] ?? null;
      const beside = ending[at] ?? null;
      const starts = at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "");
      const placed = Math.max(before === null ? -Infinity : before + (starts ? 3 : 1), (beside ?? -Infinity) + 4);
      const end = character === letter && placed > -Infinity ? placed : null;
      ends.push(end);
      next.push(end === null ? (next[at] ?? null) : Math.max(end, next[at] ?? -Infinity));
    });
    [reached, ending] = [next, ends];
  }
  return reached.at(-1) ?? null;
}
