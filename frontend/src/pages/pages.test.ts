// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { all, furnish, settle, shownText, type Sent } from "../../fixtures/dom";

let sent: Sent[];

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  sent = furnish();
});
afterEach(() => document.body.replaceChildren());

async function openAsk(): Promise<void> {
  await import("./ask");
  document.body.append(document.createElement("tessera-ask"));
  await settle();
}

async function openRun(id: string): Promise<void> {
  await import("./run");
  const page = document.createElement("tessera-run");
  page.setAttribute("api", `/api/runs/${id}`);
  document.body.append(page);
  await settle();
}

const button = (name: string): HTMLButtonElement =>
  all<HTMLButtonElement>("button").find((one) => one.textContent.trim().startsWith(name))!;

async function type(text: string): Promise<void> {
  const [box] = all<HTMLTextAreaElement>("textarea");
  box!.value = text;
  box!.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
}

describe("the page that asks", () => {
  it("shows a newcomer one text box, one picture drop, four questions and a button", async () => {
    await openAsk();
    expect(all("textarea")).toHaveLength(1);
    expect(all("input[type=file]")).toHaveLength(1);
    expect(all("[aria-label=Questions] button")).toHaveLength(4);
    expect(button("Run")).toBeDefined();
    expect(all("tessera-ask-models, tessera-ask-options")).toHaveLength(0);
  });

  it("offers models once there is something to use them on, and says why others do not fit", async () => {
    await openAsk();
    await type("Mia put the ball in the box.");
    expect(shownText()).toContain("Demo language model");
    expect(shownText()).toContain("it reads no text");
    expect(shownText()).toContain("its folder holds a pickle only");
  });

  it("shows what the server refuses where it is, offers to cut, and loses nothing", async () => {
    await openAsk();
    const text = "word ".repeat(612);
    await type(text);
    button("Run").click();
    await settle();
    expect(sent.find(({ method, path }) => method === "POST" && path === "/api/runs")?.body).toMatchObject({
      text,
      models: ["demo-lm"],
    });
    expect(all("[role=alert]")[0]?.textContent).toContain("The text has 612 tokens; demo-lm reads 512.");
    expect(all<HTMLTextAreaElement>("textarea")[0]!.value).toBe(text);
    button("Cut the text").click();
    await settle();
    const kept = all<HTMLTextAreaElement>("textarea")[0]!.value;
    expect(text.startsWith(kept)).toBe(true);
    expect(kept.length).toBeGreaterThan(2400);
    expect(kept.length).toBeLessThan((3060 * 512) / 612);
  });

  it("brings back what was typed", async () => {
    await openAsk();
    await type("👩‍👧 שלום");
    document.body.replaceChildren();
    await openAsk();
    expect(all<HTMLTextAreaElement>("textarea")[0]!.value).toBe("👩‍👧 שלום");
  });

  it("asks for an input before anything is sent", async () => {
    await openAsk();
    button("Run").click();
    await settle();
    expect(shownText()).toContain("Nothing to look at yet");
    expect(sent.filter(({ method }) => method === "POST")).toEqual([]);
  });
});

describe("the page of a run", () => {
  it("shows progress, the place in the queue, the continuation so far, and a refusal with a way out", async () => {
    await openRun("busy");
    const text = shownText();
    expect(text).toContain("Covering tokens: 12 of 32");
    expect(text).toContain("Place 4 of 9 · starts in about 12 s");
    expect(text).toContain("The box was");
    expect(text).toContain("3 tokens so far");
    expect(text).toContain("Cut the text to its first 59 characters");
    expect(button("Stop generating")).toBeDefined();
    expect(button("Cancel")).toBeDefined();
  });

  it("draws every result with a legend in numbers and the sentence that reads it", async () => {
    await openRun("text");
    expect(all("tessera-token-strip")).toHaveLength(3);
    expect(all("tessera-segmentations")).toHaveLength(1);
    expect(all(".ticks")).toHaveLength(3);
    const text = shownText();
    expect(text.includes("the model expected this token less")).toBe(true);
    expect(text.includes("\ufffd")).toBe(false);
  });

  it("asks for the sources of a generated token that is clicked, and marks it at once", async () => {
    await openRun("text");
    const [strip] = all("tessera-scores")[0]!.shadowRoot!.querySelectorAll("tessera-token-strip");
    const generated = [...strip!.shadowRoot!.querySelectorAll<HTMLElement>(".generated[role=option]")];
    const unit = Number(generated[4]!.dataset["unit"]);
    generated[4]!.click();
    await settle();
    const marked = [...strip!.shadowRoot!.querySelectorAll<HTMLElement>(".chosen")];
    expect(marked.map(({ dataset }) => Number(dataset["unit"]))).toContain(unit);
    await vi.waitFor(() => expect(sent.some(({ path }) => path.endsWith("/jobs"))).toBe(true));
    expect(sent.find(({ path }) => path.endsWith("/jobs"))).toMatchObject({
      method: "POST",
      path: "/api/runs/text/jobs",
      body: {
        models: ["stories260k"],
        methods: [{ key: "occlusion" }],
        targets: [{ strip: "main", from: unit, to: unit + 1 }],
      },
    });
  });

  it("does not ask again for what is known", async () => {
    await openRun("text");
    all(".tile.chosen")[0]!.click();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent.filter(({ method }) => method === "POST")).toEqual([]);
  });

  it("draws patches, layers, and a reduction with its answers and costs", async () => {
    await openRun("image");
    expect(all("tessera-patch-grid")[0]!.shadowRoot!.querySelectorAll("rect[role=option]")).toHaveLength(64);
    expect(all("tessera-band")).toHaveLength(1);
    const text = shownText();
    expect(text).toContain("Explains letter L");
    expect(text).toContain("At random, same ratio");
    expect(text).toContain("0.92\u202fnat from the full answer".replace("\u202f", " "));
    expect(text).toContain("33.8%");
  });

  it("says what is wrong when there is no such run", async () => {
    await openRun("nowhere");
    expect(all("[role=alert]")[0]?.textContent).toContain("Not here");
  });
});
