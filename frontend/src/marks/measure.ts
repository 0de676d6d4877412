/** How wide text will be, for pictures that lay out their own. */

export type Measure = (text: string) => number;

/** Measures by the fonts of the page; by counting characters where there is no canvas. */
export function measurer(font: string, size: number): Measure {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) return (text) => size * estimate(text);
  context.font = font;
  return (text) => context.measureText(text).width;
}

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u;

const estimate = (text: string): number =>
  Array.from(text).reduce((sum, char) => sum + (WIDE.test(char) ? 1 : 0.56), 0);

/** The text, or as much of its start (or its end) as fits with an ellipsis. */
export function fitted(text: string, room: number, measure: Measure, end: "start" | "end" = "start"): string {
  if (measure(text) <= room) return text;
  const chars = Array.from(text);
  let [fits, beyond] = [0, chars.length];
  const cut = (count: number): string =>
    end === "start" ? `${chars.slice(0, count).join("")}…` : `…${chars.slice(chars.length - count).join("")}`;
  while (beyond - fits > 1) {
    const middle = Math.floor((fits + beyond) / 2);
    if (measure(cut(middle)) <= room) fits = middle;
    else beyond = middle;
  }
  return cut(fits);
}
