/** Numbers as people read them: three significant digits, a true minus, units after a thin space. */

const SIGNIFICANT = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, useGrouping: false });
const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SCIENTIFIC = new Intl.NumberFormat("en", { notation: "scientific", maximumSignificantDigits: 3 });

export function number(value: number | null | undefined): string {
  if (value == null || Number.isNaN(value)) return "no value";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return minus(SCIENTIFIC.format(value).replace("E", "e"));
  if (size >= 1000) return minus(WHOLE.format(value).replaceAll(",", "\u202f"));
  return minus(SIGNIFICANT.format(value));
}

export function quantity(value: number | null | undefined, unit: string): string {
  if (value == null || Number.isNaN(value)) return "no value";
  if (unit === "%") return `${number(value)}%`;
  return unit === "" ? number(value) : `${number(value)}\u202f${unit}`;
}

export function percent(probability: number): string {
  const hundredths = 100 * probability;
  if (hundredths > 0 && hundredths < 0.1) return "< 0.1%";
  if (hundredths < 100 && hundredths > 99.9) return "> 99.9%";
  return `${SIGNIFICANT.format(hundredths)}%`;
}

export function seconds(duration: number): string {
  if (duration < 1) return `${number(1000 * duration)}\u202fms`;
  return duration < 90 ? `${duration.toFixed(1)}\u202fs` : `${Math.round(duration / 60)}\u202fmin`;
}

export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let size = count;
  let step = 0;
  for (; size >= 1024 && step < units.length - 1; step++) size /= 1024;
  return `${number(size)}\u202f${units[step] ?? ""}`;
}

export function moment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : nouns}`;
}

const minus = (text: string): string => text.replaceAll("-", "\u2212");
