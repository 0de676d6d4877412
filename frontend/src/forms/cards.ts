/** What a method is called and does, in the language of the page; as its card says where there is no translation. */
import type { MethodEntry } from "../contract";
import { told } from "../text";

type Card = Pick<MethodEntry, "key" | "name" | "summary">;

export const methodName = ({ key, name }: Pick<Card, "key" | "name">): string => told(`methods.${key}.name`, name);

export const methodSummary = ({ key, summary }: Pick<Card, "key" | "summary">): string =>
  told(`methods.${key}.summary`, summary);
