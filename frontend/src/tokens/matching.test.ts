// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";

import { textStrip } from "../../fixtures/panels";
import { matching } from "./matching";

const MODULE = vi.hoisted(() => "https://tessera.example/static/assets/pattern-worker.js");
vi.mock("./pattern-worker?worker&url", () => ({ default: MODULE }));

afterEach(() => vi.unstubAllGlobals());

it("begins its worker in the page of another site, too", async () => {
  const begun: string[] = [];
  vi.stubGlobal(
    "Worker",
    class extends EventTarget {
      constructor(address: string) {
        super();
        begun.push(address);
      }
    },
  );
  const made = vi.spyOn(URL, "createObjectURL");
  expect(matching(textStrip("s", ["a", "b"]).units, "a").kind).toBe("waiting");
  expect(begun).toEqual([expect.stringMatching(/^blob:/)]);
  expect(await (made.mock.calls[0]?.[0] as Blob).text()).toBe(`import "${MODULE}";`);
});
