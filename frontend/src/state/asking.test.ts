import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Asking, MOST, SETTLED } from "./asking";

let sent: string[] = [];
let underway = 0;
let hold: (() => void) | null = null;
const line = {
  underway: () => underway,
  send: async (model: string): Promise<void> => {
    sent.push(model);
    if (hold !== null) await new Promise<void>((resolve) => (hold = resolve));
  },
};

beforeEach(() => {
  vi.useFakeTimers();
  [sent, underway, hold] = [[], 0, null];
});
afterEach(() => vi.useRealTimers());

it("sends nothing of what is left again at once, but the last", async () => {
  const asking = new Asking(line);
  for (let click = 0; click < 20; click++) {
    asking.ask("lm");
    await vi.advanceTimersByTimeAsync(SETTLED - 1);
  }
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(SETTLED);
  expect(sent).toEqual(["lm"]);
});

it("keeps models apart", async () => {
  const asking = new Asking(line);
  asking.ask("one");
  asking.ask("other");
  await vi.advanceTimersByTimeAsync(SETTLED);
  expect(sent).toEqual(["one", "other"]);
});

it("sends nothing once nothing is wanted any longer", async () => {
  const asking = new Asking(line);
  asking.ask("lm");
  asking.drop("lm");
  await vi.advanceTimersByTimeAsync(2 * SETTLED);
  expect(sent).toEqual([]);
});

it("waits while several questions are under way, and then sends one", async () => {
  const asking = new Asking(line);
  underway = MOST;
  for (let click = 0; click < 5; click++) {
    asking.ask("lm");
    await vi.advanceTimersByTimeAsync(2 * SETTLED);
    asking.news();
  }
  expect(sent).toEqual([]);
  underway = MOST - 1;
  asking.news();
  asking.news();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual(["lm"]);
});

it("has one request on its way, and the next behind it", async () => {
  const asking = new Asking(line);
  hold = () => undefined;
  asking.ask("lm");
  await vi.advanceTimersByTimeAsync(SETTLED);
  asking.ask("lm");
  await vi.advanceTimersByTimeAsync(SETTLED);
  expect(sent).toEqual(["lm"]);
  const done = hold;
  hold = null;
  done();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual(["lm", "lm"]);
});
