/** Puts a value onto an element as its place on the scale; `tile` in styles.ts turns that into a colour. */
import { categoryColour, categoryIndex } from "../theme/palette";
import { isClipped, isDimmed, place, type ColourScale } from "../theme/scales";

export interface Painted {
  values: ArrayLike<number> | null;
  scale: ColourScale | null;
  /** Units that the scale leaves out: sinks. They have a pattern, whatever their value. */
  apart?: ReadonlySet<number>;
}

export function paint(element: HTMLElement | SVGElement, { values, scale: all, apart }: Painted, unit: number): void {
  const value = values?.[unit] ?? NaN;
  const off = apart?.has(unit) === true;
  const scale = off ? null : all;
  const category = scale?.kind === "categorical" && !Number.isNaN(value);
  element.classList.toggle("category", category);
  if (category) {
    element.style.setProperty("--category", categoryColour(Math.round(value)));
    element.dataset["category"] = String(categoryIndex(Math.round(value)));
  }
  const at = scale === null ? NaN : place(scale, value);
  element.style.setProperty("--place", String(Number.isNaN(at) ? 0 : Math.abs(at).toFixed(4)));
  element.classList.toggle("negative", at < 0);
  element.classList.toggle("missing", Number.isNaN(at) && values !== null && !off);
  const dimmed = scale !== null && isDimmed(scale, value);
  element.classList.toggle("dimmed", dimmed);
  element.classList.toggle("clipped", scale !== null && !dimmed && isClipped(scale, value));
  element.classList.toggle("apart", off);
}
