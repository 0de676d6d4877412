import { describe, expect, it } from "vitest";

import { aligned, alignmentColumns } from "./align";

const ids = (text: string): string[] => text.split("");

describe("aligned", () => {
  it("pairs equals, and nothing else", () => {
    expect([...aligned(ids("abcd"), ids("abcd"))]).toEqual([0, 1, 2, 3]);
    expect([...aligned(ids("abcd"), ids("axcd"))]).toEqual([0, -1, 2, 3]);
    expect([...aligned(ids("abcd"), ids("acd"))]).toEqual([0, 2, 3]);
    expect([...aligned(ids("ad"), ids("abcd"))]).toEqual([0, -1, -1, 1]);
    expect([...aligned(ids("ab"), ids("xy"))]).toEqual([-1, -1]);
    expect([...aligned([], ids("xy"))]).toEqual([-1, -1]);
    expect([...aligned(ids("aa"), ids("aaa"))].filter((unit) => unit >= 0)).toHaveLength(2);
  });

  it("finds a longest common subsequence: as long as the recursion does", () => {
    const longest = (one: string, two: string): number =>
      one === "" || two === ""
        ? 0
        : one.at(0) === two.at(0)
          ? 1 + longest(one.slice(1), two.slice(1))
          : Math.max(longest(one.slice(1), two), longest(one, two.slice(1)));
    let state = 5;
    const letter = (): string => "abc"[(state = (state * 75 + 74) % 65537) % 3]!;
    for (let round = 0; round < 60; round++) {
      const [one, two] = [7, 6].map((length) => Array.from({ length }, letter).join("")) as [string, string];
      const pairs = [...aligned(ids(one), ids(two))].filter((unit) => unit >= 0);
      expect(pairs, `${one} ${two}`).toHaveLength(longest(one, two));
      expect(pairs).toEqual(pairs.toSorted((x, y) => x - y));
    }
  });
});

describe("alignmentColumns", () => {
  const columns = (first: string, ...others: string[]): string[] => {
    const texts = [first, ...others];
    const matches = others.map((other) => aligned(ids(first), ids(other)));
    return texts.map((text, row) =>
      alignmentColumns(
        texts.map(({ length }) => length),
        matches,
      )
        .map((column) => (column[row] == null ? "-" : text[column[row]]))
        .join(""),
    );
  };

  it("writes what takes the place of a unit below it, and gives insertions columns of their own", () => {
    expect(columns("abcd", "axcd")).toEqual(["abcd", "axcd"]);
    expect(columns("abcd", "acd")).toEqual(["abcd", "a-cd"]);
    expect(columns("ad", "abcd", "axd")).toEqual(["a--d", "abcd", "ax-d"]);
    expect(columns("ab", "abcd")).toEqual(["ab--", "abcd"]);
    expect(columns("", "xy")).toEqual(["--", "xy"]);
  });

  it("loses no unit of any text", () => {
    const texts = ["the red ball", "a red box", "the ball is red"];
    expect(columns(texts[0]!, ...texts.slice(1)).map((row) => row.replaceAll("-", ""))).toEqual(texts);
  });
});
