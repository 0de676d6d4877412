/** What a method is called and does, in the language of the page; as its card says where there is no translation. */
import type { MethodEntry, Result } from "../contract";
import { told, translated } from "../text";

type Card = Pick<MethodEntry, "key" | "name" | "summary">;

export const methodName = ({ key, name }: Pick<Card, "key" | "name">): string => told(`methods.${key}.name`, name);

export const methodSummary = ({ key, summary }: Pick<Card, "key" | "summary">): string =>
  told(`methods.${key}.summary`, summary);

export const methodDescription = ({ key, description }: Pick<MethodEntry, "key" | "description">): string =>
  translated(`methods.${key}.description`, description);

export const methodReads = ({ key, reads }: Pick<MethodEntry, "key" | "reads">): string =>
  translated(`methods.${key}.reads`, reads);

export const methodCaveat = ({ key, caveat }: Pick<MethodEntry, "key" | "caveat">): string =>
  translated(`methods.${key}.caveat`, caveat);

type Read = Pick<Result, "method"> & { provenance: Pick<Result["provenance"], "reads" | "caveat"> };

/** How to read a result; in English where its method says something of its own of this one. */
export const readsOf = ({ method, provenance: { reads } }: Read): string => methodReads({ key: method, reads });

/** What a result's numbers do not say; in English where its method says something of its own of this one. */
export const caveatOf = ({ method, provenance: { caveat } }: Read): string => methodCaveat({ key: method, caveat });
