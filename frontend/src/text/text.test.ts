// @vitest-environment happy-dom
import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, it } from "vitest";

import german from "./de.json";
import english from "./en.json";
import { preferred } from "./language";
import { rich, t, translated } from ".";

/** Every placeholder and tag of a message, inside plurals too. */
function names(elements: readonly MessageFormatElement[]): Set<string> {
  const found = new Set<string>();
  for (const element of elements) {
    if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
    found.add(element.value);
    if (element.type === TYPE.tag) names(element.children).forEach((name) => found.add(name));
    if (element.type === TYPE.plural || element.type === TYPE.select)
      Object.values(element.options).forEach(({ value }) => names(value).forEach((name) => found.add(name)));
  }
  return found;
}

/** What the server says in English, of which a language may have its own: names of methods, titles of problems. */
const SERVED = /^(methods|parameters|roles|abilities|problems)\./;

describe("German", () => {
  it("has every message", () => {
    const own = Object.keys(german).filter((key) => !SERVED.test(key));
    expect(own.sort()).toEqual(
      Object.keys(english)
        .filter((key) => !SERVED.test(key))
        .sort(),
    );
  });

  it("is spoken of what the server says", () => {
    const served = Object.entries(german).filter(([key]) => SERVED.test(key));
    expect(served.length).toBeGreaterThan(200);
    for (const [key, text] of served) expect(parse(text), key).not.toEqual([]);
  });

  it.each(Object.keys(english) as (keyof typeof english)[])("has the placeholders of %s", (key) => {
    expect(names(parse(german[key]))).toEqual(names(parse(english[key])));
  });
});

it("speaks the first language of a person that there is", () => {
  expect(preferred(["fr-CA", "de-AT", "en"])).toBe("de");
  expect(preferred(["fr"])).toBe("en");
});

it("says a message as text or in parts", () => {
  expect(t("theme.dark")).toBe("Dark");
  expect(rich("theme.dark", {})).toBe("Dark");
});

it("leaves what the server says as it is where it is not the text that was translated", () => {
  expect(translated("theme.dark", "Dark")).toBe(t("theme.dark"));
  expect(translated("theme.dark", "Darker")).toBe("Darker");
  expect(translated("methods.unknown.reads", "More colour.")).toBe("More colour.");
});
