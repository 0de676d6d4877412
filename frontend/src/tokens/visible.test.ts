import { expect, it } from "vitest";

import { byteCells, bytesOf } from "./bytes";
import { glyphOf, invisibleIn, showInvisible } from "./visible";

const cells = (text: string): string =>
  byteCells(new TextEncoder().encode(text))
    .map(({ hex, char }) => `${hex}${char}`)
    .join(" ");

it("draws what leaves no mark, and leaves what is seen", () => {
  expect(showInvisible("a b\n")).toBe("a␣\u200bb⏎\n");
  expect(showInvisible("1\u00a0km\u200b\u0000\u0085")).toBe("1⍽km‹ZWSP›\u200b␀‹NEL›");
  expect(showInvisible("\u2067שלום\u2069")).toBe("‹RLI›\u2067שלום‹PDI›\u2069");
  expect(showInvisible("نمی\u200cخواهم")).toBe("نمی‹ZWNJ›\u200cخواهم");
  expect(showInvisible("čšž")).toBe("čšž");
});

it("does not tear pictures apart that are joined by such characters", () => {
  expect(showInvisible("a 👩‍👩‍👧❤️")).toBe("a␣\u200b👩‍👩‍👧❤️");
});

it("names them, a plain space only where it stands alone", () => {
  expect(invisibleIn("1\u00a0 km")).toEqual(["U+00A0 NO-BREAK SPACE"]);
  expect(invisibleIn("  ")).toEqual(["U+0020 SPACE"]);
  expect(invisibleIn("\u202eabc\u202c")).toEqual([
    ...["U+202E RIGHT-TO-LEFT OVERRIDE", "U+202C POP DIRECTIONAL FORMATTING"],
  ]);
  expect(invisibleIn("\u0007")).toEqual(["U+0007 CONTROL"]);
  expect(glyphOf("a")).toBeNull();
});

it("says of each byte which character begins there", () => {
  expect(cells(" é")).toBe("20␣ c3é a9");
  expect(cells("👩")).toBe("f0👩 9f 91 a9");
});

it("marks bytes of a character that the token does not hold whole", () => {
  const token = Uint8Array.from([0x20, 0xf0, 0x9f]);
  expect(byteCells(token).map(({ char }) => char)).toEqual(["␣", "·", "·"]);
  expect(byteCells(Uint8Array.from([0x91, 0xa9, 0x61])).map(({ char }) => char)).toEqual(["·", "·", "a"]);
  expect(byteCells(Uint8Array.from([0xff]))).toEqual([{ hex: "ff", char: "·" }]);
});

it("takes the token's own bytes, else those of its text; special tokens have none", () => {
  expect([...(bytesOf({ kind: "token", text: "é", bytes: "w6k=" }) ?? [])]).toEqual([0xc3, 0xa9]);
  expect([...(bytesOf({ kind: "gap", text: "é" }) ?? [])]).toEqual([0xc3, 0xa9]);
  expect(bytesOf({ kind: "token", special: true, surface: "</s>", text: "" })).toBeNull();
});
