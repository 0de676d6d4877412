// @vitest-environment happy-dom
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { furnish } from "../../fixtures/dom";
import type { Strip } from "../contract";
import type { UnitEnter, UnitSelect } from "./events";
import type { TokenStrip } from "./token-strip";

const strip: Strip = {
  ...{ id: "main", role: "text", label: "Prompt and continuation", source: null, tokenizer: null, grid: null },
  units: [
    { kind: "token", special: true, surface: "<s>", text: "" },
    { kind: "token", text: "<img src=x onerror=alert(1)>", byte_start: 0, byte_end: 28, segment: "prompt" },
    { kind: "token", text: " 👩", byte_start: 28, byte_end: 31, segment: "prompt" },
    { kind: "token", text: "", byte_start: 31, byte_end: 33, segment: "prompt" },
    { kind: "token", text: "\nend", byte_start: 33, byte_end: 37, segment: "generated" },
  ],
};

let element: TokenStrip;
const tiles = (unit: number): HTMLElement[] => [
  ...element.renderRoot.querySelectorAll<HTMLElement>(`[data-unit="${unit}"]`),
];
const press = async (key: string): Promise<void> => {
  const focused = (element.renderRoot as ShadowRoot).activeElement;
  focused?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
  await element.updateComplete;
};

beforeAll(async () => {
  furnish();
  await import("./token-strip");
});

beforeEach(async () => {
  document.body.replaceChildren();
  element = document.createElement("tessera-token-strip");
  element.strip = strip;
  element.values = [NaN, -2, 4, 0, 9];
  element.scale = { kind: "diverging", low: -4, high: 4 };
  element.describe = (unit) => `unit ${unit}`;
  document.body.append(element);
  await element.updateComplete;
});

describe("a token strip", () => {
  it("holds the text exactly, as text", () => {
    const paragraphs = [...element.renderRoot.querySelectorAll("p")];
    const text = paragraphs.map((paragraph) => paragraph.textContent).join("");
    expect(text).toBe("<s><img src=x onerror=alert(1)> 👩\nend");
    expect(element.renderRoot.querySelector("img")).toBeNull();
    expect(paragraphs.map(({ dir }) => dir)).toEqual(["auto", "auto"]);
  });

  it("shows the place of each value, its sign, what is missing and what lies beyond", () => {
    const [missing, negative, positive, zero, beyond] = [0, 1, 2, 3, 4].map((unit) => tiles(unit)[0]!);
    expect(missing!.classList).toContain("missing");
    expect(negative!.style.getPropertyValue("--place")).toBe("0.5000");
    expect(negative!.classList).toContain("negative");
    expect(positive!.style.getPropertyValue("--place")).toBe("1.0000");
    expect(positive!.classList).not.toContain("negative");
    expect(zero!.style.getPropertyValue("--place")).toBe("0.0000");
    expect(beyond!.classList).toContain("clipped");
    expect(positive!.classList).not.toContain("clipped");
  });

  it("splits one grapheme between its tokens and gives each a label", () => {
    const shared = element.renderRoot.querySelector(".shared");
    expect(shared?.textContent).toBe("👩");
    expect([...shared!.querySelectorAll<HTMLElement>("[data-unit]")].map((part) => part.dataset["unit"])).toEqual([
      "2",
      "3",
    ]);
    for (const unit of [0, 1, 2, 3, 4]) {
      expect(tiles(unit)[0]!.getAttribute("aria-label")).toBe(`unit ${unit}`);
      expect(tiles(unit).filter((tile) => tile.getAttribute("role") === "option")).toHaveLength(1);
    }
  });

  it("colours every tile of a token that spans two lines, and marks where the continuation starts", () => {
    expect(tiles(4).map((tile) => tile.textContent)).toEqual(["\n", "end"]);
    expect(tiles(4).every((tile) => tile.style.getPropertyValue("--place") === "1.0000")).toBe(true);
    expect(tiles(4)[0]!.classList).toContain("starts");
  });

  it("has one tab stop, which arrows, Home and End move", async () => {
    expect([0, 1, 2, 3, 4].map((unit) => tiles(unit)[0]!.tabIndex)).toEqual([0, -1, -1, -1, -1]);
    tiles(0)[0]!.focus();
    await press("ArrowRight");
    await press("ArrowRight");
    expect([0, 1, 2, 3, 4].map((unit) => tiles(unit)[0]!.tabIndex)).toEqual([-1, -1, 0, -1, -1]);
    await press("End");
    expect(tiles(4)[0]!.tabIndex).toBe(0);
    await press("ArrowLeft");
    expect(tiles(3)[0]!.tabIndex).toBe(0);
    await press("Home");
    expect(tiles(0)[0]!.tabIndex).toBe(0);
  });

  it("says which unit is looked at and which is chosen", async () => {
    const heard: string[] = [];
    element.addEventListener("unit-enter", ({ index, by }: UnitEnter) => heard.push(`${by} ${index}`));
    element.addEventListener("unit-select", ({ index, extend }: UnitSelect) => heard.push(`chose ${index} ${extend}`));
    tiles(1)[0]!.dispatchEvent(new Event("pointerover", { bubbles: true }));
    tiles(4)[0]!.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
    tiles(2)[0]!.focus();
    await press("Enter");
    expect(heard).toContain("pointer 1");
    expect(heard).toContain("chose 4 true");
    expect(heard).toContain("chose 2 false");
  });

  it("draws spaces and line breaks on demand", async () => {
    element.invisible = true;
    await element.updateComplete;
    expect(tiles(4)[0]!.textContent).toBe("⏎\n");
    expect(tiles(2)[0]!.textContent).toBe("␣\u200b");
  });
});

describe("the order of a long strip", () => {
  const many = 4000;
  beforeEach(async () => {
    element.strip = {
      ...strip,
      units: Array.from({ length: many }, (_, index) => ({
        kind: "token" as const,
        text: index % 100 === 99 ? "\n" : " word",
        segment: "prompt" as const,
      })),
    };
    element.values = Float32Array.from({ length: many }, (_, index) => (index === 3210 ? 9 : (index % 7) / 7));
    await element.updateComplete;
  });
  const at = (): string | undefined =>
    ((element.renderRoot as ShadowRoot).activeElement as HTMLElement | null)?.dataset["unit"];

  it("does not end where no tiles are built yet, and leads to the last, a number, a text and the strongest", async () => {
    element.goTo(10);
    await press("End");
    expect(at()).toBe(String(many - 1));
    await press("ArrowLeft");
    expect(at()).toBe(String(many - 2));
    element.weaker(1);
    await press("Home");
    expect(at()).toBe("0");
    (element.renderRoot as ShadowRoot).querySelector<HTMLElement>(":focus")?.blur();
    element.weaker(1);
    expect(at()).toBe("3210");
    expect(tiles(3210)[0]!.getAttribute("aria-label")).toBe("unit 3210");
    element.find("word\nword");
    expect(element.strip.units[Number(at())]).toMatchObject({ text: " word" });
  });

  it("steps over words as one where they share a number", async () => {
    element.groups = Int32Array.from({ length: many }, (_, index) => Math.floor(index / 3));
    await element.updateComplete;
    element.goTo(4);
    await press("ArrowRight");
    expect(at()).toBe("6");
    await press("ArrowLeft");
    await press("ArrowLeft");
    expect(at()).toBe("0");
  });
});

it("leaves special tokens out on demand, and arrows pass over them", async () => {
  const { prefer } = await import("../theme/preferences");
  prefer({ specials: false });
  await element.updateComplete;
  expect(tiles(0)).toEqual([]);
  expect(tiles(1)[0]!.tabIndex).toBe(0);
  prefer({ specials: true });
});
