import { describe, expect, it } from "vitest";

import { beside } from "./tour-place";

const window = { width: 1000, height: 700 };
const box = { width: 400, height: 200 };

describe("the box of the tour", () => {
  it("stands below what it speaks of, where there is room", () => {
    expect(beside({ left: 100, top: 50, width: 300, height: 100 }, box, window)).toMatchObject({ left: 100, top: 162 });
  });

  it("else above", () => {
    expect(beside({ left: 100, top: 500, width: 300, height: 100 }, box, window)).toMatchObject({ top: 288 });
  });

  it("else over the end of it, and always in the window", () => {
    const over = beside({ left: 900, top: 20, width: 300, height: 660 }, box, window);
    expect(over).toMatchObject({ left: 592, top: 492 });
    expect(beside({ left: -50, top: 0, width: 10, height: 10 }, box, { width: 390, height: 190 }).top).toBe(8);
  });
});
