import { expect, it } from "vitest";

import { align } from "./align";

const shown = (one: string, other: string): string[] =>
  align(Array.from(one), Array.from(other)).map(
    ([a, b]) => `${a === null ? "-" : one[a]}${b === null ? "-" : other[b]}`,
  );

it("puts equal tokens below each other, and what differs between them token by token", () => {
  expect(shown("abcd", "abcd")).toEqual(["aa", "bb", "cc", "dd"]);
  expect(shown("xaby", "zab")).toEqual(["xz", "aa", "bb", "y-"]);
  expect(shown("abc", "aXYbc")).toEqual(["aa", "-X", "-Y", "bb", "cc"]);
  expect(shown("", "ab")).toEqual(["-a", "-b"]);
  expect(shown("", "")).toEqual([]);
});

it("finds a longest common subsequence, and names every place once", () => {
  const one = Array.from("the ball is in the kitchen now");
  const other = Array.from("the red ball was in the garden");
  const pairs = align(one, other);
  expect(pairs.flatMap(([a]) => a ?? [])).toEqual(one.map((_, index) => index));
  expect(pairs.flatMap(([, b]) => b ?? [])).toEqual(other.map((_, index) => index));
  const same = pairs.filter(([a, b]) => a !== null && b !== null && one[a] === other[b]).length;
  expect(same).toBe(longest(one, other));
});

function longest(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return 0;
  let row = other.map(() => 0);
  for (const a of one) {
    const next: number[] = [];
    other.forEach((b, j) => next.push(a === b ? 1 + (j > 0 ? row[j - 1]! : 0) : Math.max(row[j]!, next[j - 1] ?? 0)));
    row = next;
  }
  return row.at(-1)!;
}
