/**
 * What the interface says, in the language of whoever reads it.
 *
 * All of it stands in one file for each language, as ICU messages by key; a language is complete when it has the keys
 * and placeholders of `en.json`. What people typed, models said and methods computed is no part of it.
 */
import { IntlMessageFormat } from "intl-messageformat";

import english from "./en.json";
import { language, type Language } from "./language";

export { language, LANGUAGES, setLanguage, type Language } from "./language";

export type Key = keyof typeof english;
type Messages = Readonly<Record<Key, string>>;
export type Values = Readonly<Record<string, string | number | boolean | Date>>;
/** What stands in a message for a tag or a placeholder, such as a template. */
type Parts<T> = Readonly<Record<string, T | string | number | ((inside: readonly unknown[]) => T)>>;

const load: Readonly<Record<Exclude<Language, "en">, () => Promise<{ default: Messages }>>> = {
  de: () => import("./de.json"),
};

const messages: Messages = language === "en" ? english : (await load[language]()).default;
const formats = new Map<string, IntlMessageFormat>();

/** The message of this key as text, its placeholders filled. */
export function t(key: Key, values?: Values): string {
  return String(format(key).format(values));
}

/** The message of this key in pieces, some of them templates: `<b>…</b>` and `{name}` become what `parts` makes. */
export function rich<T>(key: Key, parts: Parts<T>): unknown {
  return format(key).format(parts as Record<string, string>);
}

/** The message of a key that is put together from data, such as a method's; `otherwise` where there is none. */
export function told(key: string, otherwise: string): string {
  return key in messages ? t(key as Key) : otherwise;
}

/** The translation of a text that a server sends; the text itself where `en.json` has another one under this key. */
export function translated(key: string, text: string): string {
  return (english as Readonly<Record<string, string>>)[key] === text ? t(key as Key) : text;
}

function format(key: Key): IntlMessageFormat {
  const known = formats.get(key);
  if (known) return known;
  const made = new IntlMessageFormat(messages[key], language);
  formats.set(key, made);
  return made;
}
