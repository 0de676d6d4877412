// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";

import { runState } from "../../fixtures/runs";
import type { SourceState } from "../contract";
import { copyOf } from "./copy";

const picture = {
  ...{ id: "theirs", kind: "image", url: "/api/shares/secret/sources/theirs", text: null, width: 8, height: 8 },
} as unknown as SourceState;
const run = runState({ sources: [picture] });

afterEach(() => vi.unstubAllGlobals());

it("keeps the picture of somebody else's run as one's own, byte by byte", async () => {
  let kept: FormDataEntryValue | null = null;
  vi.stubGlobal("fetch", (path: string, { body }: RequestInit) => {
    if (path === picture.url) return Promise.resolve(new Response("the picture"));
    kept = (body as FormData).get("file");
    return Promise.resolve(new Response(JSON.stringify({ ...picture, id: "mine" })));
  });
  expect((await copyOf(run)).picture?.id).toBe("mine");
  expect(await (kept as unknown as File).text()).toBe("the picture");
});

it("keeps nothing of what is no longer shared, and says so", async () => {
  const sent: string[] = [];
  vi.stubGlobal("fetch", (path: string) => {
    sent.push(path);
    return Promise.resolve(new Response(JSON.stringify({ detail: "Nothing is shared here" }), { status: 404 }));
  });
  await expect(copyOf(run)).rejects.toMatchObject({ problem: { status: 404, detail: "Nothing is shared here" } });
  expect(sent).toEqual([picture.url]);
});
