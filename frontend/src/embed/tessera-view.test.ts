// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";

import { all, furnish, settle, shownText, type Sent } from "../../fixtures/dom";
import { RunApi } from "../api";
import { apiOf } from "./tessera-view";

const GONE = "This view is no longer shared, or not with other sites.";
let sent: Sent[];

beforeEach(() => {
  sent = furnish();
});
afterEach(() => document.body.replaceChildren());

async function shown(attributes: Record<string, string>): Promise<HTMLElement> {
  const view = document.createElement("tessera-view");
  document.body.append(view);
  for (const [name, value] of Object.entries(attributes)) view.setAttribute(name, value);
  await settle();
  return view;
}
const asked = (): string[] => sent.map(({ path }) => path);

it("finds a link's data at its own site, and knows what is no link", () => {
  const page = "https://blog.example/2026/words";
  const data = "https://tessera.example/api/shares/abc";
  for (const src of ["https://tessera.example/s/abc", "https://tessera.example/embed/abc", "//tessera.example/s/abc/"])
    expect(apiOf(src, page)).toBe(data);
  expect(apiOf("/s/abc", page)).toBe("https://blog.example/api/shares/abc");
  for (const src of ["", "https://", "javascript:/s/abc", "https://tessera.example/runs/abc", "/s/"])
    expect(apiOf(src, page)).toBeNull();
  expect(new RunApi(data).site).toBe("https://tessera.example");
});

it("asks for nothing before it is told a link, and follows it when it is told another", async () => {
  const view = await shown({});
  expect(asked()).toEqual([]);
  view.setAttribute("src", "https://tessera.example/s/one");
  await settle();
  expect(asked()).toContain("https://tessera.example/api/shares/one");
  view.setAttribute("src", "https://tessera.example/s/other");
  await settle();
  expect(asked()).toContain("https://tessera.example/api/shares/other");
  expect(all("tessera-run")).toHaveLength(1);
});

it("says so where an address is none", async () => {
  await shown({ src: "https://" });
  expect([shownText(), asked()]).toEqual([expect.stringContaining(GONE), []]);
});
