// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";

import { all, furnish, settle } from "../../fixtures/dom";
import { panelContext, panelResult, textStrip } from "../../fixtures/panels";
import type { Result } from "../contract";
import type { TargetsView } from "./targets";

const strip = textStrip("main", [" ball", " is", " red"]);
const target = {
  ...{ strip: "main", start: 2, stop: 3, ids: [7], text: " red", class_index: null, class_label: null },
  ...{ quantity: "logprob", value: -1, contrast_ids: [], contrast_text: "" },
} as unknown as Result["target"];
const result: Result = { ...panelResult("occlusion", [strip], [], ""), lens: "importance", target };
const context = { ...panelContext(result), explain: (): void => undefined };

const focused = (): string | undefined => all("tessera-targets")[0]?.shadowRoot?.activeElement?.localName;
const against = (): HTMLSelectElement => all<HTMLSelectElement>(".against")[0]!;

beforeEach(async () => {
  furnish();
  await import("./targets");
  const element = document.createElement("tessera-targets");
  element.context = context;
  document.body.append(element);
  await settle();
  against().value = "other";
  against().dispatchEvent(new Event("change"));
  await settle();
});
afterEach(() => document.body.replaceChildren());

it("takes the keyboard for another token as its field appears, and not again with each update", async () => {
  expect(focused()).toBe("input");
  all("select").at(-1)!.focus();
  all<TargetsView>("tessera-targets")[0]!.context = { ...context };
  await settle();
  expect(all("input")).toHaveLength(1);
  expect(focused()).toBe("select");
});

it("gives up the other token by Escape, and is back where it was chosen", async () => {
  all("input")[0]!.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await settle();
  expect(all("input")).toHaveLength(0);
  expect(focused()).toBe("select");
  expect(against().value).toBe("none");
});
