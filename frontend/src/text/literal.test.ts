/** What a template says to people comes from the files of text, so that it can be translated. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import ts from "typescript";
import { expect, it } from "vitest";

const ROOT = new URL("..", import.meta.url).pathname;
/** Names, signs and units, which are the same in every language. */
const SAME = new Set(["Tessera", "id", "JSON", "red|blue"]);
/** Attributes that are read or heard. */
const SAID = /\s(?:title|alt|placeholder|aria-label|aria-description|aria-roledescription|label)="([^"]*)"/g;
const HOLE = "\u0000";

/** The text and the spoken attributes of a template, without its markup and what is filled in. */
function literals(template: string): string[] {
  const attributes = [...template.matchAll(SAID)].map(([, value]) => value ?? "");
  const text = template
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<style>[\s\S]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, "\n");
  return [...text.split("\n"), ...attributes]
    .flatMap((part) => part.split(HOLE))
    .map((part) => part.replaceAll(/&\w+;/g, " ").trim())
    .filter((part) => /\p{L}{2}/u.test(part) && !SAME.has(part));
}

function templatesOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf-8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && /^(html|svg)$/.test(node.tag.getText()))
      found.push(written(node.template));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const written = (template: ts.TemplateLiteral): string =>
  ts.isNoSubstitutionTemplateLiteral(template)
    ? template.text
    : template.head.text + template.templateSpans.map(({ literal }) => HOLE + literal.text).join("");

it("finds what is written into a template", () => {
  expect(literals(`<p class="quiet" title="Read this">${HOLE} and <b>that</b>${HOLE}</p>`)).toEqual([
    "and",
    "that",
    "Read this",
  ]);
  expect(literals(`<a href="/x" aria-label=${HOLE}>Tessera ${HOLE} × 2</a>`)).toEqual([]);
});

const files = readdirSync(ROOT, { recursive: true, encoding: "utf-8" }).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !name.startsWith("contract"),
);

it.each(files)("%s says nothing of its own", (name) => {
  expect(templatesOf(join(ROOT, name)).flatMap(literals)).toEqual([]);
});
