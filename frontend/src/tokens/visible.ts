/** Characters that leave no mark on the page, made visible on demand. */

const MARKS: Readonly<Record<string, string>> = {
  " ": "␣",
  "\u00a0": "⍽",
  "\u3000": "□",
  "\t": "→",
  "\n": "⏎",
  "\r": "␍",
  "\u200b": "‹ZWSP›",
  "\u200e": "‹LRM›",
  "\u200f": "‹RLM›",
  "\ufeff": "‹BOM›",
  "\u007f": "␡",
};
const ZERO_WIDTH_SPACE = "\u200b";

/** The text with its spaces, tabs, line breaks and controls drawn; it still breaks at the same places. */
export function showInvisible(text: string): string {
  return Array.from(text)
    .map((char) => {
      const mark = MARKS[char] ?? control(char);
      if (mark === undefined) return char;
      if (char === "\n") return `${mark}\n`;
      return char === " " || char === "\t" ? mark + ZERO_WIDTH_SPACE : mark;
    })
    .join("");
}

/** A text on one line: its line breaks and tabs drawn, and its spaces where there is nothing else. */
export function oneLine(text: string): string {
  const invisible = /\S/.test(text) ? /[\n\t\r]/g : /\s/g;
  return text.replace(invisible, (char) => MARKS[char] ?? char);
}

/** The same in quotation marks, for labels. */
export const quoted = (text: string): string => `“${oneLine(text)}”`;

function control(char: string): string | undefined {
  const point = char.codePointAt(0) ?? 0;
  return point < 0x20 ? String.fromCodePoint(0x2400 + point) : undefined;
}
