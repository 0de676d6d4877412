/** Which language the interface speaks: the one a person chose, else the browser's first that we have. */
import { store, stored } from "../state/storage";

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;
const KEY = "tessera.language";

const has = (code: string): code is Language => code in LANGUAGES;

/** Of the languages that somebody reads, best first, the first that we have. */
export function preferred(codes: readonly string[]): Language {
  return codes.map((code) => code.split("-")[0] ?? "").find(has) ?? "en";
}

/** Outside a browser, as in tests of what draws nothing, nobody reads. */
const read = (): readonly string[] =>
  typeof window === "undefined" ? [] : [stored(KEY) ?? "", ...navigator.languages];

export const language: Language = preferred(read());

/** From the next page on; the caller loads it. The cookie tells the pages that the server writes. */
export function setLanguage(chosen: Language): void {
  store(KEY, chosen);
  document.cookie = `${KEY}=${chosen}; path=/; max-age=31536000; samesite=lax`;
}
