// @vitest-environment happy-dom
import { beforeAll, expect, it } from "vitest";

import { all, furnish, settle } from "../../fixtures/dom";
import { codesOf } from "./share-codes";
import "./share-dialog";

const sent = furnish();
beforeAll(() => document.body.replaceChildren());

it("writes what other places show a view by", () => {
  const codes = codesOf("https://tessera.example/s/abc", true);
  expect(codes.map(({ kind }) => kind)).toEqual(["link", "element", "frame", "notebook"]);
  const [link, element, frame, notebook] = codes.map(({ text }) => text);
  expect(link).toBe("https://tessera.example/s/abc");
  expect(element).toContain('src="https://tessera.example/static/embed/tessera-view.js"');
  expect(element).toContain('<tessera-view src="https://tessera.example/s/abc"></tessera-view>');
  expect(frame).toContain('<iframe src="https://tessera.example/embed/abc"');
  expect(notebook).toBe(
    'from IPython.display import IFrame; IFrame("https://tessera.example/embed/abc", width="100%", height=480)',
  );
  expect(codesOf("https://tessera.example/s/abc", false)).toHaveLength(1);
});

it("sends what a person made of the page, and which answer other sites show", async () => {
  const dialog = document.createElement("tessera-share-dialog");
  const view = { panels: { "k/0": { track: 1 } }, asked: {} };
  const made = { id: "s", url: "/s/abc", note: "", created: "2026-11-21T12:00:00Z", expires_at: null };
  const share = (json: unknown): unknown => {
    sent.push({ method: "POST", path: "share", body: json });
    return Promise.resolve({ ...made, revoked: false, views: 0, embed: true });
  };
  Object.assign(dialog, {
    api: { share },
    viewed: () => view,
    cards: [
      ["k", "Surprisal"],
      ["l", "Entropy"],
    ],
  });
  HTMLDialogElement.prototype.showModal = function (): void {
    this.open = true;
  };
  document.body.append(dialog);
  await settle();
  dialog.open();
  all<HTMLInputElement>("input[name='embed']")[0]!.click();
  await settle();
  all<HTMLSelectElement>("select[name='end']")[0]!.value = "2";
  all<HTMLSelectElement>("select[name='only']")[0]!.value = "k";
  all<HTMLButtonElement>("button.primary")[0]!.click();
  await settle();
  expect(sent.at(-1)?.body).toEqual({
    ...{ expires_in: 30 * 86_400, note: "", embed: true },
    view: { ...view, only: "k" },
  });
  expect(all("textarea")).toHaveLength(4);
});
