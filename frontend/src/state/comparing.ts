/** What a person compares, and how they look at it: all of it stands in the address of the page. */
import { readPlace, written, type Place } from "./pins";

export const VIEWS = ["beside", "under", "a", "b", "difference"] as const;
/** Side by side; A above B, column by column; A alone; B alone; B − A. */
export type Manner = (typeof VIEWS)[number];

export interface Comparing {
  a: Place | null;
  b: Place | null;
  manner: Manner;
  /** Ranks in place of values; where values have no common scale there are only ranks. */
  ranks: boolean;
  /** How many of the highest are looked for on both sides. */
  k: number;
  order: "ratio" | "difference";
  /** Whether B is A's prompt with an edit. */
  edited: boolean;
}

export const BEGIN: Comparing = {
  ...{ a: null, b: null, manner: "beside", ranks: false, k: 10, order: "ratio", edited: false },
};

/** `a=runs/…&b=s/…&view=difference`: what stands behind the # of a comparison's address. */
export function addressed(comparing: Comparing): string {
  const { a, b, manner, ranks, k, order, edited } = comparing;
  return [
    ...(a === null ? [] : [`a=${written(a)}`]),
    ...(b === null ? [] : [`b=${written(b)}`]),
    ...(manner === BEGIN.manner ? [] : [`view=${manner}`]),
    ...(ranks ? ["scale=ranks"] : []),
    ...(k === BEGIN.k ? [] : [`k=${k}`]),
    ...(order === BEGIN.order ? [] : [`by=${order}`]),
    ...(edited ? ["edited"] : []),
  ].join("&");
}

/** What an address says; what it does not, or not in a way that can be read, is as the page begins. */
export function readAddress(hash: string): Comparing {
  const parts = new Map(
    hash
      .replace(/^#/, "")
      .split("&")
      .map((part) => [part.split("=")[0] ?? "", part.slice(part.indexOf("=") + 1)]),
  );
  const k = Number(parts.get("k"));
  return {
    a: readPlace(parts.get("a") ?? null),
    b: readPlace(parts.get("b") ?? null),
    manner: VIEWS.find((view) => view === parts.get("view")) ?? BEGIN.manner,
    ranks: parts.get("scale") === "ranks",
    k: Number.isInteger(k) && k > 0 && k < 100_000 ? k : BEGIN.k,
    order: parts.get("by") === "difference" ? "difference" : BEGIN.order,
    edited: parts.has("edited"),
  };
}

/** The page that compares these. */
export const compareUrl = (comparing: Partial<Comparing>): string =>
  `/compare#${addressed({ ...BEGIN, ...comparing })}`;
