import { describe, expect, it } from "vitest";

import { kendall, known, overlap, rankPlaces, ranks, spearman, type Pairs } from "./agreement";

const A = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
const B = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8];
const pairs = (one: number[], other: number[], weights = one.map(() => 1)): Pairs => ({ one, other, weights });

describe("ranks", () => {
  it("gives tied values the mean of their ranks", () => {
    // scipy.stats.rankdata([3, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    expect(ranks(A)).toEqual([4.5, 1.5, 6, 1.5, 7.5, 10, 3, 9, 7.5, 4.5]);
    expect(rankPlaces([7, 5, 9])).toEqual([0.5, 0, 1]);
    expect(rankPlaces([4, 4])).toEqual([0.5, 0.5]);
    expect(rankPlaces([4])).toEqual([0.5]);
  });
});

describe("rank correlations", () => {
  it("are those of SciPy, ties included", () => {
    // scipy.stats.spearmanr(A, B).statistic, scipy.stats.kendalltau(A, B).statistic
    expect(spearman(pairs(A, B))).toBeCloseTo(0.13471506281091267, 14);
    expect(kendall(pairs(A, B))).toBeCloseTo(0.13041013273932525, 14);
    // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]), kendalltau of the same
    expect(spearman(pairs([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]))).toBeCloseTo(0.8207826816681233, 14);
    expect(kendall(pairs([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]))).toBeCloseTo(0.7378647873726218, 14);
  });

  it("are 1 and −1 where one order is the other, or its reverse", () => {
    const up = [1, 10, 100, 1000];
    expect([spearman, kendall].map((of) => of(pairs(up, [2, 3, 5, 7])))).toEqual([1, 1]);
    expect([spearman, kendall].map((of) => of(pairs(up, [7, 5, 3, 2])))).toEqual([-1, -1]);
  });

  it("are not defined with a constant, nor with a single pair", () => {
    expect([spearman, kendall].map((of) => of(pairs([1, 2, 3], [4, 4, 4])))).toEqual([null, null]);
    expect([spearman, kendall].map((of) => of(pairs([1], [4])))).toEqual([null, null]);
    expect([spearman, kendall].map((of) => of(pairs([], [])))).toEqual([null, null]);
  });

  it("count a pair of weight w like w pairs", () => {
    // x = numpy.repeat([1, 2, 2, 4], [1, 3, 2, 1]); y = numpy.repeat([4, 1, 3, 3], [1, 3, 2, 1])
    // scipy.stats.spearmanr(x, y).statistic
    expect(spearman(pairs([1, 2, 2, 4], [4, 1, 3, 3], [1, 3, 2, 1]))).toBeCloseTo(-0.2886751345948129, 14);
    expect(kendall(pairs([1, 2], [3, 4], [1, 2]))).toBeNull();
  });

  it("have pairs of equal weight where areas of equal boxes differ by rounding", () => {
    // The areas of the boxes of a row of squares 224 / 14.5 px wide.
    const edge = 224 / 14.5;
    const areas = A.map((_, column) => ((column + 1) * edge - column * edge) * edge);
    expect(new Set(areas).size).toBeGreaterThan(1);
    expect(kendall(pairs(A, B, areas))).toBeCloseTo(0.13041013273932525, 14);
    expect(kendall(pairs([1, 2], [3, 4], [1, 1.001]))).toBeNull();
  });

  it("leave out what has no number on either side", () => {
    expect(known([1, NaN, 3, 4], [4, 5, NaN, 6])).toEqual(pairs([1, 4], [4, 6]));
  });
});

describe("the overlap of what is highest", () => {
  it("is counted among the k highest", () => {
    const found = overlap(pairs([9, 8, 7, 1, 2], [9, 1, 8, 7, 2]), 3);
    expect(found).toEqual({ shared: 2, share: 2 / 3, jaccard: 0.5, chance: 0.6 });
  });

  it("is what drawing lots gives where values are tied at the border", () => {
    // The second place goes to one of three: by thirds.
    expect(overlap(pairs([5, 1, 1, 1], [5, 4, 3, 2]), 2)?.shared).toBeCloseTo(1 + 1 / 3, 14);
    // A constant says nothing: chance.
    const constant = overlap(pairs([1, 1, 1, 1], [4, 3, 2, 1]), 2);
    expect(constant?.share).toBe(constant?.chance);
  });

  it("is not defined for all of them, or for none", () => {
    expect(overlap(pairs([1, 2], [2, 1]), 2)).toBeNull();
    expect(overlap(pairs([1, 2], [2, 1]), 0)).toBeNull();
  });

  it("takes areas of a picture like so many pixels", () => {
    const whole = overlap(pairs([4, 3, 2, 1], [1, 4, 3, 2], [1, 1, 1, 1]), 2);
    const halves = [4, 4, 3, 3, 2, 2, 1, 1];
    const other = [1, 1, 4, 4, 3, 3, 2, 2];
    expect(
      overlap(
        pairs(
          halves,
          other,
          halves.map(() => 0.5),
        ),
        2,
      ),
    ).toEqual(whole);
  });
});
