// @vitest-environment happy-dom
import { html, LitElement } from "lit";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { settle } from "../../fixtures/dom";
import { RunApi } from "../api";
import type { ShareView } from "../contract";
import { ViewStore } from "../state/view";
import { Viewing } from "./viewing";

const KEY = '["demo-lm","surprisal",{},{}]';
const SHARED = { note: "", view: { panels: {}, asked: {}, at: { card: KEY, offset: -40 } } } as unknown as ShareView;

class Page extends LitElement {
  embedded = false;
  readonly view = new ViewStore();
  readonly viewing = new Viewing(this, this.view, () => ({ mine: null, settled: true, embedded: this.embedded }));
  override connectedCallback(): void {
    super.connectedCallback();
    this.view.add(this);
  }
  protected override render = () => html`<tessera-result-card .key=${KEY} id="result-r"></tessera-result-card>`;
}
customElements.define("test-page", Page);

const scrollBy = vi.fn();

/** A shared page whose answers are drawn before its view comes. */
async function opened(view: () => Promise<ShareView>, embedded = false): Promise<Page> {
  const page = new Page();
  page.embedded = embedded;
  document.body.append(page);
  const api = new RunApi("/api/shares/s");
  vi.spyOn(api, "view").mockImplementation(view);
  await page.viewing.restoreShared(api);
  await settle();
  return page;
}
const late = (): Promise<ShareView> => settle().then(() => SHARED);

beforeEach(() => {
  scrollBy.mockClear();
  vi.stubGlobal("scrollBy", scrollBy);
});
afterEach(() => {
  document.body.replaceChildren();
  history.replaceState(null, "", "#");
});

it("begins where whoever shared it read, however late that is known", async () => {
  await opened(late);
  expect(scrollBy).toHaveBeenCalledExactlyOnceWith({ top: 40, behavior: "instant" });
});

it("begins as the run does where the link's view cannot be had", async () => {
  const page = await opened(() => Promise.reject(new Error("gone")));
  expect([page.viewing.note, page.view.value.panels, scrollBy.mock.calls.length]).toEqual(["", {}, 0]);
});

it("leaves the place and the address of another site's page alone", async () => {
  history.replaceState(null, "", "#result-r");
  const replaced = vi.spyOn(history, "replaceState");
  await opened(late, true);
  expect([scrollBy.mock.calls.length, replaced.mock.calls.length]).toEqual([0, 0]);
});
