// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";

import { all, furnish, settle, shownText } from "../../fixtures/dom";
import { results } from "../../fixtures/harness";
import { compareUrl, readAddress } from "../state/comparing";
import { ViewStore } from "../state/view";

beforeEach(() => {
  localStorage.clear();
  furnish();
});
afterEach(() => document.body.replaceChildren());

it("pins the track that is shown, of a shared run at the address that was shared", async () => {
  const { pinOf } = await import("./pinning");
  const view = new ViewStore({ panels: { k: {}, "k/0": { track: 1 } }, asked: {} });
  const result = results.surprisal;
  const of = { base: "/api/shares/secret", id: "r1", result, name: "Surprisal · demo-lm", sources: [], view, key: "k" };
  const [panel] = result.panels;
  const tracks = panel?.kind === "scores" ? panel.tracks : [];
  const pin = pinOf(of, panel!);
  expect(pin).toMatchObject({ at: "s/secret", result: "r1", panel: 0, part: tracks[1]?.name });
  expect(pin.name).toBe(`Surprisal · demo-lm · ${tracks[1]?.label}`);
  expect(readAddress(compareUrl({ a: pin }).split("#")[1] ?? "").a).toMatchObject({ at: "s/secret", part: pin.part });
  const row = pinOf({ ...of, result: results.compare }, results.compare.panels[0]!, { id: "demo-lm", label: "BPE" });
  expect(row).toMatchObject({ part: "demo-lm", name: "BPE" });
});

it("holds two pins in a tray, lets go of them, and leads to their comparison", async () => {
  await import("./pin-tray");
  const { PinsController } = await import("../state/pins");
  const tray = document.createElement("tessera-pin-tray");
  document.body.append(tray);
  const place = { at: "runs/text", result: "surprisal", panel: 0, part: "surprisal", of: "Mia" };
  const pins = new PinsController(tray);
  pins.toggle({ ...place, name: "Surprisal" });
  await settle();
  expect(shownText()).toContain("pin another one");
  pins.toggle({ ...place, result: "entropy", part: "entropy", name: "Entropy" });
  await settle();
  const [link] = all<HTMLAnchorElement>("a.compare");
  expect(link?.getAttribute("href")).toBe("/compare#a=runs/text/surprisal/0/surprisal&b=runs/text/entropy/0/entropy");
  expect(JSON.parse(localStorage.getItem("tessera.pins") ?? "")).toEqual(pins.value);
  all("button")[0]!.click();
  await settle();
  expect(pins.value.a).toBeNull();
  expect(all("a.compare")).toHaveLength(0);
});

it("compares what an address names, and says what it cannot read", async () => {
  await import("./compare-view");
  const view = document.createElement("tessera-compare");
  view.comparing = readAddress("a=runs/text/surprisal/0/surprisal&b=runs/text/entropy/0/entropy&view=difference");
  document.body.append(view);
  await settle();
  expect(all("tessera-compare-stage")).toHaveLength(1);
  expect(shownText()).toContain("Spearman’s rank correlation ρ");
  view.comparing = readAddress("a=runs/text/surprisal/0/nothing&b=runs/gone/x/0/y");
  await settle();
  expect(all("[role=alert]").map((note) => note.textContent.trim().replace(/\s+/g, " "))).toEqual([
    "B cannot be read: the run is gone, or it is not yours.",
    "A no longer holds what was pinned. Choose another part of it above.",
  ]);
});
