import { expect, it } from "vitest";

import type { Strip, Unit } from "../contract";
import { byteCount } from "../tokens/pieces";
import { boundaries, sharedBytes } from "./boundaries";

function cut(...texts: string[]): Strip {
  let cursor = 0;
  const units = texts.map((text): Unit => {
    const start = cursor;
    cursor += byteCount(text);
    return { kind: "token", text, byte_start: start, byte_end: cursor };
  });
  return { id: "s", role: "segmentation", label: "", source: null, tokenizer: null, grid: null, units };
}

it("counts the boundaries that two tokenizers share, in bytes", () => {
  const [one, other] = [cut("kit", "chen", " é", "s"), cut("kitchen", " ", "é", "s")];
  expect(boundaries(one, other)).toEqual({ shared: 2, onlyA: 1, onlyB: 1, jaccard: 0.5 });
  expect(sharedBytes(one, other)).toEqual([0, 7, 10, 11]);
  expect(boundaries(cut("a"), cut("a"))).toEqual({ shared: 0, onlyA: 0, onlyB: 0, jaccard: 1 });
  expect(boundaries(one, cut("other"))).toBeNull();
});
