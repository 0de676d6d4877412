/** Which groups the units of a strip belong to, and where these begin and end. */
import type { Group } from "../contract";

export interface Membership {
  /** Indices of the groups that hold the unit. */
  groups: number[];
  /** Whether a range of the first of them begins, or ends, with the unit. */
  first: boolean;
  last: boolean;
}

/** By unit; units of no group are not in it. */
export function memberships(groups: readonly Group[], strip: string): Map<number, Membership> {
  const found = new Map<number, Membership>();
  groups.forEach((group, index) => {
    if (group.strip !== strip) return;
    for (const [from, to] of group.ranges) {
      for (let unit = from; unit < to; unit++) {
        const known = found.get(unit);
        if (known) known.groups.push(index);
        else found.set(unit, { groups: [index], first: unit === from, last: unit === to - 1 });
      }
    }
  });
  return found;
}

/** The strips that groups lie on, in the order of the groups. */
export const stripsOf = (groups: readonly Group[]): string[] => [...new Set(groups.map(({ strip }) => strip))];

/** The names of all shares, in the order in which they first come. */
export const shareNames = (groups: readonly Group[]): string[] => [
  ...new Set(groups.flatMap(({ shares }) => shares.map(({ label }) => label))),
];
