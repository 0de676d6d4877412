import { expect, it } from "vitest";

import type { AlternativesPanel, Strip } from "../contract";
import { choicesAt } from "./alternatives";

const bytes = (text: string): string => btoa(text);
const candidate = (id: number, text: string): AlternativesPanel["candidates"][number] => ({
  ...{ id, text, bytes: bytes(text), special: false },
});

function choices(ids: readonly [number, number], id: number | null): ReturnType<typeof choicesAt> {
  const panel = {
    kind: "alternatives",
    strip: "a",
    candidates: [candidate(ids[0], "yes"), candidate(ids[1], "no")],
    choices: [[0, 1]],
    probabilities: [[0.6, 0.3]],
    covered: [0.9],
  } as unknown as AlternativesPanel;
  const unit = { kind: "token", text: "no", bytes: bytes("no"), ...(id === null ? {} : { id }) };
  return choicesAt(panel, { id: "a", units: [unit] } as unknown as Strip, 0, { branch: () => undefined });
}

it("marks the token that stands in the text by its id, and by its bytes where a server gave none", () => {
  expect(choices([3, 4], 4)?.bars.map(({ actual }) => actual)).toEqual([false, true]);
  expect(choices([-1, -2], null)?.bars.map(({ actual }) => actual)).toEqual([false, true]);
});

it("goes on only from tokens that a model knows by their ids", () => {
  expect(choices([3, 4], 4)?.bars.map(({ choose }) => choose !== null)).toEqual([true, false]);
  expect(choices([-1, -2], null)?.bars.map(({ choose }) => choose !== null)).toEqual([false, false]);
});
