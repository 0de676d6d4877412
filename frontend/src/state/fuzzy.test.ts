import { expect, it } from "vitest";

import { fit, search } from "./fuzzy";

const names = [
  "Show spaces and line breaks",
  "Share this run",
  "Go to Surprisal",
  "Go to Entropy",
  "Use the dark theme",
];
const found = (query: string): string[] => search(query, names, (name) => name);

it("leaves everything as it stands where nothing is asked", () => expect(found(" ")).toEqual(names));

it("wants every letter, in their order", () => {
  expect(found("xyz")).toEqual([]);
  expect(fit("ba", "abc")).toBeNull();
  expect(fit("ac", "abc")).not.toBeNull();
});

it("knows words by their beginnings, and what stands together", () => {
  expect(found("gts")[0]).toBe("Go to Surprisal");
  expect(found("dark")[0]).toBe("Use the dark theme");
  expect(found("shr")[0]).toBe("Share this run");
  expect(found("ent")[0]).toBe("Go to Entropy");
});

it("minds neither case nor marks", () => expect(fit("uber", "Überblick")).not.toBeNull());

it("prefers the shorter of two that fit alike", () =>
  expect(search("go", ["Go to everything", "Go"], (name) => name)[0]).toBe("Go"));
