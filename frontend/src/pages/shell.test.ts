// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";

import { all, furnish, settle } from "../../fixtures/dom";

beforeEach(() => void furnish());
afterEach(() => {
  document.head.replaceChildren();
  document.body.replaceChildren();
});

async function openAs(name: string | null): Promise<void> {
  if (name !== null) {
    const told = document.createElement("meta");
    told.name = "tessera-account";
    told.content = name;
    told.dataset["csrf"] = "abc";
    document.head.append(told);
  }
  await import("./shell");
  document.body.append(document.createElement("tessera-shell"));
  await settle();
}

const links = (): [string, string | null][] =>
  all("nav a").map((link) => [link.textContent.trim(), link.getAttribute("href")]);

it("says nothing of accounts where the page was told nothing", async () => {
  await openAs(null);
  expect(all("nav")).toHaveLength(0);
});

it("offers to log in, and to come back", async () => {
  await openAs("");
  expect(links()).toEqual([["Log in", `/login?next=${encodeURIComponent(location.pathname + location.search)}`]]);
});

it("says who is logged in, and lets them out by a form of the site's own", async () => {
  await openAs("<b>ada</b>");
  expect(links()).toEqual([
    ["My runs", "/account/runs"],
    ["<b>ada</b>", "/account"],
  ]);
  const [form] = all<HTMLFormElement>("form");
  expect([form!.method.toLowerCase(), form!.getAttribute("action")]).toEqual(["post", "/logout"]);
  expect(all<HTMLInputElement>("input[name=csrfmiddlewaretoken]")[0]!.value).toBe("abc");
});
