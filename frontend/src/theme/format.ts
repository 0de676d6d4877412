/** Numbers as people read them: three significant digits, a true minus, units after a thin space. */
import { language, t, type Key, type Values } from "../text";

const SIGNIFICANT = new Intl.NumberFormat(language, { maximumSignificantDigits: 3, useGrouping: false });
const WHOLE = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const SCIENTIFIC = new Intl.NumberFormat(language, { notation: "scientific", maximumSignificantDigits: 3 });

export function number(value: number | null | undefined): string {
  if (value == null || Number.isNaN(value)) return t("number.none");
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return minus(SCIENTIFIC.format(value).replace("E", "e"));
  if (size >= 1000) return minus(grouped(value));
  return minus(SIGNIFICANT.format(size === 0 ? 0 : value));
}

export function quantity(value: number | null | undefined, unit: string): string {
  if (value == null || Number.isNaN(value)) return t("number.none");
  if (unit === "%") return t("number.percent", { value: number(value) });
  return unit === "" ? number(value) : `${number(value)}\u202f${unit}`;
}

export function percent(probability: number): string {
  const hundredths = 100 * probability;
  if (hundredths > 0 && hundredths < 0.1) return `< ${inPercent(0.1)}`;
  if (hundredths < 100 && hundredths > 99.9) return `> ${inPercent(99.9)}`;
  return inPercent(hundredths);
}

export function seconds(duration: number): string {
  if (duration < 1) return `${number(1000 * duration)}\u202fms`;
  return duration < 90 ? `${TENTHS.format(duration)}\u202fs` : `${Math.round(duration / 60)}\u202fmin`;
}

export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let size = count;
  let step = 0;
  for (; size >= 1024 && step < units.length - 1; step++) size /= 1024;
  return `${number(size)}\u202f${units[step] ?? ""}`;
}

export function moment(iso: string): string {
  const own = navigator.languages.find((code) => code.startsWith(language));
  return new Date(iso).toLocaleString(own ?? language, { dateStyle: "medium", timeStyle: "short" });
}

/** The message of a key about `{n}` things: `{count}` chooses its plural, `{n}` is the number as people read it. */
export function count(key: Key, n: number, values?: Values): string {
  return t(key, { count: n, n: number(n), ...values });
}

export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : nouns}`;
}

const inPercent = (value: number): string => t("number.percent", { value: SIGNIFICANT.format(value) });

const grouped = (value: number): string =>
  WHOLE.formatToParts(value)
    .map((part) => (part.type === "group" ? "\u202f" : part.value))
    .join("");

const minus = (text: string): string => text.replaceAll("-", "\u2212");
