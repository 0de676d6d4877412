/** Whether two strips are cut alike: results of one job hold the same strip, each a copy of its own. */
import type { Strip, Unit } from "../contract";

export function sameUnits(one: Strip | undefined, other: Strip | undefined): boolean {
  if (one === other) return true;
  if (one?.id !== other?.id || one?.units.length !== other?.units.length) return false;
  const others = other?.units ?? [];
  return (one?.units ?? []).every((unit, index) => alike(unit, others[index] ?? unit));
}

const alike = (one: Unit, other: Unit): boolean =>
  one.id === other.id &&
  one.text === other.text &&
  one.surface === other.surface &&
  one.segment === other.segment &&
  one.special === other.special &&
  one.kind === other.kind &&
  one.bytes === other.bytes &&
  String(one.box) === String(other.box);
