// @vitest-environment happy-dom
import { html, render } from "lit";
import { beforeEach, expect, it } from "vitest";

import { all } from "../../fixtures/dom";
import { jobState, resultState } from "../../fixtures/runs";
import { embeddedRun } from "./run-embedded";

beforeEach(() => document.body.replaceChildren());

const group = (method: string) => ({
  ...{ key: `key-of-${method}`, job: jobState() },
  results: [{ ...resultState(), method: { key: method, params: {}, roles: {} } }],
});
const chapters = [{ lens: "text", title: "", groups: ["surprisal", "entropy"].map(group) }] as never;

function drawn(only: string | undefined, method: string): (string | undefined)[] {
  const card = ({ key }: { key: string }) => html`<i data-key=${key}></i>`;
  render(embeddedRun({ chapters, only, method, note: "", api: "/api/shares/abc", card }), document.body);
  return all("i").map(({ dataset }) => dataset["key"]);
}

it("shows what was shared, or the method that the element names", () => {
  const [surprisal, entropy] = ["key-of-surprisal", "key-of-entropy"];
  expect(drawn(undefined, "")).toEqual([surprisal, entropy]);
  expect(drawn(entropy, "")).toEqual([entropy]);
  expect(drawn(entropy, "surprisal")).toEqual([surprisal]);
  expect(drawn(entropy, "no-such-method")).toEqual([entropy]);
});
