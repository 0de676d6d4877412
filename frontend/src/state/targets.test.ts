import { describe, expect, it } from "vitest";

import type { ResolvedTarget } from "../contract";
import { allows, askedOf, moved, requests, resolves, targetOf, type Asked } from "./targets";

const resolved = (changes: Partial<ResolvedTarget> = {}): ResolvedTarget => ({
  ...{ strip: "main", start: 4, stop: 5, quantity: "logprob", ids: [7], text: " box", class_id: null },
  ...{ class_label: null, contrast: null, contrast_ids: [], contrast_text: "", rows: [3], value: -0.5 },
  ...changes,
});
const token: Asked = { strip: "main", from: 4, to: 5 };
const against: Asked = { ...token, contrast: { ids: [9] } };
const held = resolved({ contrast: { token: " ball" }, contrast_ids: [9], contrast_text: " ball" });
const picture: ResolvedTarget = resolved({
  ...{ strip: "image", start: null, stop: null, quantity: "logit", ids: [2], text: "red circle" },
  ...{ class_id: 2, class_label: "red circle" },
});

describe("a resolved target", () => {
  it("is the question that it answers, said in as few words as it takes", () => {
    expect(askedOf(resolved())).toEqual(token);
    expect(askedOf(held)).toEqual(against);
    expect(askedOf(resolved({ quantity: "logit" }))).toEqual({ ...token, quantity: "logit" });
    expect(askedOf(picture)).toEqual({ strip: "image", class: 2 });
    expect(askedOf({ ...picture, contrast_ids: [5], contrast_text: "blue square" })).toEqual({
      ...{ strip: "image", class: 2, contrast: { class: 5 } },
    });
  });

  it("answers what names the same units, quantity and contrast, in whatever words", () => {
    expect(resolves(resolved(), token)).toBe(true);
    expect(resolves(resolved(), { ...token, quantity: "logprob" })).toBe(true);
    expect(resolves(resolved(), { ...token, to: 6 })).toBe(false);
    expect(resolves(resolved(), { ...token, quantity: "logit" })).toBe(false);
    expect(resolves(resolved(), against)).toBe(false);
    expect(resolves(held, token)).toBe(false);
    expect(resolves(held, against)).toBe(true);
    expect(resolves(held, { ...token, contrast: { token: " ball" } })).toBe(true);
    expect(resolves(held, { ...token, contrast: { ids: [8] } })).toBe(false);
  });

  it("of a class goes by its number or its name", () => {
    expect(resolves(picture, { strip: "image", class: 2 })).toBe(true);
    expect(resolves(picture, { strip: "image", class: "red circle" })).toBe(true);
    expect(resolves(picture, { strip: "image", class: 3 })).toBe(false);
    const two = { ...picture, contrast_ids: [5], contrast_text: "blue square" };
    expect(resolves(two, { strip: "image", class: 2, contrast: { class: "blue square" } })).toBe(true);
    expect(resolves(two, { strip: "image", class: 2 })).toBe(false);
  });
});

describe("a request", () => {
  it("holds exactly what was asked, and is known again", () => {
    for (const asked of [token, against, { strip: "image", class: 2, contrast: { class: 5 } }] satisfies Asked[]) {
      expect(targetOf(asked)).toEqual(asked);
      expect(requests(targetOf(asked), asked)).toBe(true);
    }
    expect(requests({ from: 4 }, token)).toBe(true);
    expect(requests({ strip: "main", from: 4, to: 5, quantity: "logit" }, token)).toBe(false);
    expect(requests(targetOf(against), token)).toBe(false);
    expect(requests({ strip: "main" }, token)).toBe(false);
  });
});

it("knows which quantities a target has: no probability of several tokens", () => {
  expect(allows(token, "probability")).toBe(true);
  expect(allows({ ...token, to: 6 }, "probability")).toBe(false);
  expect(allows({ ...token, contrast: { ids: [1, 2] } }, "probability")).toBe(false);
  expect(allows({ ...token, to: 9 }, "logit")).toBe(true);
});

it("moves to other units without the contrast, and with the quantity as long as it has a meaning", () => {
  expect(moved({ ...against, quantity: "probability" }, "main", [2, 3])).toEqual({
    ...{ strip: "main", from: 2, to: 3, quantity: "probability" },
  });
  expect(moved({ ...token, quantity: "probability" }, "main", [2, 4])).toEqual({ strip: "main", from: 2, to: 4 });
});
