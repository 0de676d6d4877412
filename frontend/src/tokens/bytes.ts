/** The bytes of a unit, each with what it is drawn as. */
import type { Unit } from "../contract";
import { byteLength } from "./offsets";
import { glyphOf } from "./visible";

export interface ByteCell {
  hex: string;
  /** The character that begins here; nothing for its further bytes, a dot for bytes of one that the unit cuts. */
  char: string;
}

const CUT = "·";

/** Those of its token, or of the text that it covers; null where a unit has none, as special tokens. */
export function bytesOf(unit: Unit): Uint8Array | null {
  if (unit.bytes != null) return Uint8Array.from(atob(unit.bytes), (char) => char.charCodeAt(0));
  return unit.special === true || unit.text == null ? null : new TextEncoder().encode(unit.text);
}

export function byteCells(bytes: Uint8Array): ByteCell[] {
  const chars = charsOf(bytes);
  return Array.from(bytes, (byte, at) => ({ hex: byte.toString(16).padStart(2, "0"), char: chars[at] ?? CUT }));
}

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

/** Of each byte, its character: bytes that make no whole one are left out. */
function charsOf(bytes: Uint8Array): (string | undefined)[] {
  const chars = new Array<string | undefined>(bytes.length);
  for (let at = 0; at < bytes.length;) {
    const char = charAt(bytes, at);
    if (char === null) {
      at++;
      continue;
    }
    const length = byteLength(char.codePointAt(0) ?? 0);
    chars[at] = glyphOf(char) ?? char;
    chars.fill("", at + 1, at + length);
    at += length;
  }
  return chars;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function charAt(bytes: Uint8Array, at: number): string | null {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  try {
    const char = strict.decode(bytes.subarray(at, at + length));
    return Array.from(char).length === 1 ? char : null;
  } catch {
    return null;
  }
}
