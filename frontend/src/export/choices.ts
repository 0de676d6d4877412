/** How a person likes exports to look, kept in this browser. */
import type { ExportOptions } from ".";
import type { Width } from "./stage";

const KEY = "tessera.export";

export interface Choices {
  width: Width;
  /** As on the page; else light. */
  page: boolean;
  fonts: boolean;
}

export function stored(): Choices {
  const first: Choices = { width: "double", page: false, fonts: true };
  try {
    return { ...first, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Choices>) };
  } catch {
    return first;
  }
}

export const keep = (choices: Choices): void => localStorage.setItem(KEY, JSON.stringify(choices));

/** “As on the page” depends on the page's theme at the moment. */
export function optionsOf({ width, page, fonts }: Choices): ExportOptions {
  const dark = page && getComputedStyle(document.documentElement).colorScheme === "dark";
  return { width, theme: dark ? "dark" : "light", fonts };
}
