import { expect, it } from "vitest";

import { methodEntry } from "../../fixtures/catalogue";
import { costOf, found, grouped } from "./groups";

const draft = { summary: "The model that drafts.", needs: [], tokenizers: "same" as const, optional: false };
const judge = { properties: { judge: { type: "string", "x-kind": "nli|similarity", default: "nli-base" } } };
const methods = [
  methodEntry({ key: "slow", background: true, name: "Samples" }),
  methodEntry({ key: "meaning", background: true, parameters: judge, summary: "Groups answers by meaning." }),
  methodEntry({ key: "pair", roles: { draft } }),
  methodEntry({ key: "also_pair", roles: { draft: { ...draft, optional: true } } }),
  methodEntry({ key: "entropy", default: true }),
  methodEntry({ key: "file", inputs: ["table"], background: true }),
];

it("groups methods by what they cost and need, quick looks first, the default ones before the others", () => {
  expect(grouped(methods).map(({ cost, methods: own }) => [cost, own.map(({ key }) => key)])).toEqual([
    ["quick", ["entropy", "also_pair"]],
    ["models", ["pair"]],
    ["passes", ["slow"]],
    ["judges", ["meaning"]],
    ["data", ["file"]],
  ]);
  expect(costOf(methodEntry({ inputs: ["text", "image"] }))).toBe("quick");
});

it("finds every word of a query in a card", () => {
  expect(found(methods, "MEANING groups").map(({ key }) => key)).toEqual(["meaning"]);
  expect(found(methods, "meaning pair")).toEqual([]);
});
