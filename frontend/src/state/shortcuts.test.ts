// @vitest-environment happy-dom
import { LitElement } from "lit";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { prefer } from "../theme/preferences";
import { asksBy, isPressed, Shortcuts, shortcuts, type Shortcut } from "./shortcuts";

class Offering extends LitElement {
  offered: Shortcut[] = [];
  constructor() {
    super();
    new Shortcuts(this, () => this.offered);
  }
}
customElements.define("test-offering", Offering);

const press = (key: string, more: KeyboardEventInit = {}, on: EventTarget = document.body): boolean =>
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...more }));

function offering(...offered: (Partial<Shortcut> & { id: string })[]): Offering {
  const element = new Offering();
  element.offered = offered.map((each) => ({ label: each.id, group: "show", run: () => undefined, ...each }));
  document.body.append(element);
  return element;
}

beforeEach(() => prefer({ keys: true }));
afterEach(() => document.body.replaceChildren());

it("lists what can be done now, group by group, each action once", () => {
  offering({ id: "track" }, { id: "home", group: "go" });
  offering({ id: "track" }, { id: "never", when: () => false });
  expect(shortcuts().map(({ id }) => id)).toEqual(["home", "track"]);
});

it("forgets what has left the page", () => {
  offering({ id: "track" }).remove();
  expect(shortcuts()).toEqual([]);
});

it("means the panel that a person is at", () => {
  const [one, other] = [vi.fn(), vi.fn()];
  offering({ id: "track", run: one });
  const here = offering({ id: "track", run: other });
  shortcuts(here)[0]?.run("");
  expect([one.mock.calls.length, other.mock.calls.length]).toEqual([0, 1]);
});

it("runs by its key, but never while somebody types, and not when letters are switched off", () => {
  const run = vi.fn();
  offering({ id: "marks", keys: "m", run });
  const input = document.createElement("input");
  document.body.append(input);
  press("m");
  expect(run).toHaveBeenCalledTimes(1);
  press("m", {}, input);
  press("m", { ctrlKey: true });
  press("m", { shiftKey: true });
  prefer({ keys: false });
  press("m");
  expect(run).toHaveBeenCalledTimes(1);
});

it("keeps combinations where letters are off or typed", () => {
  const run = vi.fn();
  offering({ id: "palette", keys: "mod+k", run });
  prefer({ keys: false });
  expect(press("k", { metaKey: true })).toBe(false);
  expect(run).toHaveBeenCalledTimes(1);
});

it("has told what an action needs first", () => {
  const [run, ask] = [vi.fn(), vi.fn()];
  offering({ id: "token", keys: "g", asks: "Number", run });
  asksBy(ask);
  press("g");
  expect([run.mock.calls.length, ask.mock.calls.length]).toEqual([0, 1]);
});

it("leaves keys that need a question alone where nobody asks", () => {
  asksBy(null);
  offering({ id: "token", keys: "g", asks: "Number" });
  expect(press("g")).toBe(true);
});

it("takes only the keys that are pressed in a view of another site's page", () => {
  const run = vi.fn();
  const view = document.createElement("tessera-view");
  const root = view.attachShadow({ mode: "open" });
  document.body.append(view);
  root.append(offering({ id: "marks", keys: "m", run }));
  expect(press("m")).toBe(true);
  expect(run).not.toHaveBeenCalled();
  expect(press("m", {}, root.firstElementChild!)).toBe(false);
  expect(run).toHaveBeenCalledTimes(1);
});

it("takes signs however a keyboard makes them", () => {
  expect(isPressed("?", new KeyboardEvent("keydown", { key: "?", shiftKey: true }))).toBe(true);
  expect(isPressed("shift+e", new KeyboardEvent("keydown", { key: "E", shiftKey: true }))).toBe(true);
  expect(isPressed("e", new KeyboardEvent("keydown", { key: "E", shiftKey: true }))).toBe(false);
});
