import { afterEach, describe, expect, it, vi } from "vitest";

import { asProblem, ProblemError, request } from "./client";

function answer(status: number, body: unknown, type = "application/json"): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  vi.stubGlobal(
    "fetch",
    vi.fn(() => Promise.resolve(new Response(text, { status, headers: { "Content-Type": type } }))),
  );
}

afterEach(() => vi.unstubAllGlobals());

describe("request", () => {
  it("sends JSON as JSON and answers the body", async () => {
    answer(201, { id: "r1" });
    expect(await request("POST", "/api/runs", { json: { text: "Hi" } })).toEqual({ id: "r1" });
    expect(fetch).toHaveBeenCalledWith(
      "/api/runs",
      expect.objectContaining({
        method: "POST",
        body: '{"text":"Hi"}',
        headers: { Accept: "application/json", "Content-Type": "application/json" },
      }),
    );
  });

  it("throws the problem document, with its field, limit and value", async () => {
    const document = { type: "/problems/text-too-long", title: "Text too long", status: 422 };
    answer(422, { ...document, detail: "612 tokens, 512 fit", field: "text", limit: 512, value: 612 });
    const error = await request("POST", "/api/runs", { json: {} }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).id).toBe("text-too-long");
    expect((error as ProblemError).problem).toMatchObject({ field: "text", limit: 512, value: 612 });
  });

  it("makes a problem of an answer that is none", async () => {
    answer(502, "<html>", "text/html");
    await expect(request("GET", "/api/runs")).rejects.toMatchObject({ problem: { status: 502, field: null } });
  });

  it("makes a problem of a server that is not there", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));
    await expect(request("GET", "/api/runs")).rejects.toMatchObject({ id: "unreachable" });
  });

  it("lets an abort be an abort", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new DOMException("", "AbortError")));
    const error = await request("GET", "/api/runs").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DOMException);
    expect(() => asProblem(error)).toThrow();
  });
});
