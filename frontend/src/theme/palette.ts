/** The two palettes, in OKLCH, and the style sheet of the page that they make. */
import { fromLch, toHex, type Lab } from "./oklab";

export interface Palette {
  /** The page, and the zero of every scale. */
  paper: Lab;
  /** Cards, fields, pop-ups. */
  raised: Lab;
  /** Quiet areas: tracks of bars, hovered rows. */
  sunken: Lab;
  ink: Lab;
  muted: Lab;
  line: Lab;
  accent: Lab;
  accentInk: Lab;
  danger: Lab;
  hatch: Lab;
  /** The far ends of the scales: magnitudes and what speaks for a target; what speaks against it. */
  high: Lab;
  low: Lab;
}

export const light: Palette = {
  paper: fromLch(0.985, 0.004, 85),
  raised: fromLch(1, 0, 0),
  sunken: fromLch(0.952, 0.006, 85),
  ink: fromLch(0.24, 0.015, 265),
  muted: fromLch(0.51, 0.015, 265),
  line: fromLch(0.895, 0.008, 85),
  accent: fromLch(0.49, 0.15, 258),
  accentInk: fromLch(0.99, 0, 0),
  danger: fromLch(0.5, 0.16, 25),
  hatch: fromLch(0.84, 0.008, 85),
  high: fromLch(0.68, 0.125, 252),
  low: fromLch(0.73, 0.135, 58),
};

export const dark: Palette = {
  paper: fromLch(0.2, 0.008, 265),
  raised: fromLch(0.245, 0.01, 265),
  sunken: fromLch(0.275, 0.01, 265),
  ink: fromLch(0.93, 0.006, 85),
  muted: fromLch(0.71, 0.01, 265),
  line: fromLch(0.35, 0.012, 265),
  accent: fromLch(0.75, 0.115, 252),
  accentInk: fromLch(0.18, 0.02, 265),
  danger: fromLch(0.75, 0.13, 25),
  hatch: fromLch(0.4, 0.01, 265),
  high: fromLch(0.51, 0.15, 258),
  low: fromLch(0.5, 0.11, 55),
};

/** Grounds of categories, far enough from each other for every common colour vision; text stays readable on them. */
export const CATEGORIES = {
  light: ["#8eb7d8", "#f0b35e", "#4d9a7c", "#d1c8e7", "#ecdc76", "#9a8fc8", "#cf754f", "#b5b1a8"],
  dark: ["#2f6184", "#7a3e00", "#167f64", "#552a48", "#8e7000", "#43367a", "#944d31", "#565257"],
} as const;

/** What is written on them. */
export const CATEGORY_INK = { light: toHex(light.ink), dark: "#ffffff" } as const;

/** Which of the eight looks a category has; after the eighth they come again. */
export const categoryIndex = (index: number): number =>
  ((index % CATEGORIES.light.length) + CATEGORIES.light.length) % CATEGORIES.light.length;

/** The ground of a category. */
export const categoryColour = (index: number): string => `var(--category-${categoryIndex(index)})`;

/** The same hue for lines and dots, which need to stand out from paper: nearer to ink. */
export const categoryInk = (index: number): string => `color-mix(in oklab, ${categoryColour(index)}, var(--ink) 40%)`;

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export function variables(palette: Palette, theme: "light" | "dark"): string {
  return [
    `--category-ink: ${CATEGORY_INK[theme]};`,
    ...Object.entries(palette).map(([name, colour]) => `--${kebab(name)}: ${toHex(colour as Lab)};`),
    ...CATEGORIES[theme].map((colour, index) => `--category-${index}: ${colour};`),
  ].join(" ");
}

/** `:root` follows the system; `data-theme` on it overrides; paper is always light. */
export function themeSheet(): string {
  const [day, night] = [variables(light, "light"), variables(dark, "dark")];
  return `
    :root { color-scheme: light; ${day} }
    @media screen and (prefers-color-scheme: dark) {
      :root:not([data-theme="light"]) { color-scheme: dark; ${night} }
    }
    @media screen { :root[data-theme="dark"] { color-scheme: dark; ${night} } }
  `;
}
