/** Where the code points of a text lie, in UTF-16 units and in UTF-8 bytes: counted once per text. */

export interface Offsets {
  /** UTF-16 index of each code point, and the length as last entry. */
  utf16: Uint32Array;
  /** UTF-8 byte offset of each code point, and the length in bytes as last entry. */
  bytes: Uint32Array;
}

export function offsets(text: string): Offsets {
  const points = Array.from(text);
  const utf16 = new Uint32Array(points.length + 1);
  const bytes = new Uint32Array(points.length + 1);
  points.forEach((char, index) => {
    utf16[index + 1] = (utf16[index] ?? 0) + char.length;
    bytes[index + 1] = (bytes[index] ?? 0) + byteLength(char.codePointAt(0) ?? 0);
  });
  return { utf16, bytes };
}

/** The slice between two code point offsets. */
export function slice(text: string, { utf16 }: Offsets, start: number, end: number): string {
  return text.slice(utf16[start] ?? text.length, utf16[end] ?? text.length);
}

export function byteLength(point: number): 1 | 2 | 3 | 4 {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
