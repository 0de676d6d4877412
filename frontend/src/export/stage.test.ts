// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from "vitest";

import { all, furnish } from "../../fixtures/dom";
import { drawn, panelContext } from "../../fixtures/panels";
import { ViewStore } from "../state/view";
import * as fonts from "./fonts";
import type { Exported } from "./sheet-view";
import { stage } from "./stage";

const { result, ...context } = panelContext(drawn.groups);
const exported: Exported = {
  ...{ result, name: "Claims", panels: result.panels.slice(0, 1), context, site: "https://tessera.example" },
  ...{ view: new ViewStore().value, key: "claims" },
};
const giveBack = vi.fn();
const printed = vi.fn();

beforeEach(() => {
  furnish();
  giveBack.mockReset();
  Object.assign(document, {
    fonts: {
      get ready() {
        return Promise.resolve();
      },
    },
  });
  vi.spyOn(fonts, "typeSet").mockResolvedValue({ fonts: [], missing: new Set() } as unknown as fonts.TypeSet);
  vi.spyOn(fonts, "lend").mockResolvedValue(giveBack);
  window.addEventListener("beforeprint", printed);
});

it("draws all of its own sheet, and nothing of the page", async () => {
  const set = await stage(exported, "double", "light");
  expect(all(".tile[aria-label]").length).toBeGreaterThan(0);
  expect(printed).not.toHaveBeenCalled();
  expect(giveBack).not.toHaveBeenCalled();
  set.strike();
  expect(giveBack).toHaveBeenCalledOnce();
  expect(document.querySelector("tessera-export-sheet")).toBeNull();
});

it("gives fonts back when it cannot be drawn", async () => {
  vi.spyOn(fonts, "lend").mockImplementation(() => {
    vi.spyOn(document.fonts, "ready", "get").mockImplementation(() => {
      throw new Error("no fonts");
    });
    return Promise.resolve(giveBack);
  });
  await expect(stage(exported, "double", "light")).rejects.toThrow("no fonts");
  expect(giveBack).toHaveBeenCalledOnce();
  expect(document.querySelector("tessera-export-sheet")).toBeNull();
});
