/** What the pop-up says about a unit beside its numbers. */
import type { Strip, Unit } from "../contract";
import { t } from "../text";
import { number } from "../theme/format";
import { quoted } from "./visible";

/** The bytes of a unit in hex, `f0 9f 91 a9`. */
export function hex(unit: Unit): string {
  if (unit.bytes == null) return "";
  return Array.from(atob(unit.bytes), (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");
}

/** `U+0061 U+0301`. */
export function codePoints(text: string): string {
  return Array.from(text, (char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`).join(
    " ",
  );
}

/** How a unit is called: its text, the name of a special token, or its place in a grid. */
export function nameOf(unit: Unit): string {
  if (unit.kind === "patch")
    return t("unit.patch", { row: String((unit.row ?? 0) + 1), column: String((unit.col ?? 0) + 1) });
  if (unit.special) return unit.surface ?? unit.text ?? t("unit.special");
  if (unit.kind === "gap") return t("unit.skipped", { text: quoted(unit.text ?? "") });
  if (unit.text) return quoted(unit.text);
  return unit.bytes == null ? quoted(unit.surface ?? "") : t("unit.bytes", { bytes: hex(unit) });
}

/** `token 5 · characters 12–15 · bytes 12–15`. Ranges count from 0 and exclude their end. */
export function whereabouts(strip: Strip, index: number): string {
  const unit = strip.units[index];
  if (unit === undefined) return "";
  const parts = [placeOf(unit, index)];
  if (unit.char_start != null && unit.char_end != null && unit.char_end > unit.char_start) {
    parts.push(range("unit.characters", unit.char_start, unit.char_end));
  }
  if (unit.byte_start != null && unit.byte_end != null)
    parts.push(range("unit.byte-range", unit.byte_start, unit.byte_end));
  if (unit.box != null)
    parts.push(t("unit.box", { box: unit.box.map((edge) => number(Math.round(edge * 10) / 10)).join(", ") }));
  return parts.join(" · ");
}

/** `token 5`. */
export const placeOf = ({ kind }: Unit, index: number): string => t(`kind.${kind}`, { index: String(index) });

function range(key: "unit.characters" | "unit.byte-range", start: number, end: number): string {
  const place = end - start === 1 ? String(start) : `${start}–${end - 1}`;
  return t(key, { count: end - start, place });
}
