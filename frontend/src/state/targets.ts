/** What a person wants explained, and whether a result explains just that. */
import type { Contrast, ResolvedTarget, Target } from "../contract";

export type Quantity = ResolvedTarget["quantity"];

/** Units [from, to) of a strip, or a class; perhaps against something else, perhaps by another quantity. */
export interface Asked {
  strip: string;
  from?: number;
  to?: number;
  class?: number | string;
  quantity?: Quantity;
  contrast?: Contrast;
}

/** What is read when nobody says: a text by its log-probability, a class by its logit. */
export const usual = (asked: Pick<Asked, "from">): Quantity => (asked.from === undefined ? "logit" : "logprob");

export const QUANTITIES: readonly Quantity[] = ["logprob", "logit", "probability"];

/** Whether the quantity has a meaning for what is asked: probabilities of several tokens do not add up. */
export function allows({ from = 0, to = from + 1, contrast }: Asked, quantity: Quantity): boolean {
  return quantity !== "probability" || (to - from === 1 && (contrast?.ids?.length ?? 1) === 1);
}

/** The question that a result answers, in as few words as it takes. */
export function askedOf(target: ResolvedTarget): Asked {
  const { strip, start, stop, class_id, quantity } = target;
  const where: Asked =
    start !== null && stop !== null
      ? { strip, from: start, to: stop }
      : { strip, ...(class_id === null ? {} : { class: class_id }) };
  const contrast = contrastOf(target);
  return {
    ...where,
    ...(quantity === usual(where) ? {} : { quantity }),
    ...(contrast === null ? {} : { contrast }),
  };
}

function contrastOf({ class_id, contrast_ids: ids }: ResolvedTarget): Contrast | null {
  if (ids.length === 0) return null;
  return class_id === null ? { ids } : { class: ids[0] ?? 0 };
}

/** As the request has it. */
export function targetOf({ strip, from, to, class: own, quantity, contrast }: Asked): Target {
  return {
    strip,
    ...(from === undefined ? {} : { from, to: to ?? from + 1 }),
    ...(own === undefined ? {} : { class: own }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(contrast === undefined ? {} : { contrast }),
  };
}

/** Whether a resolved target is what was asked. */
export function resolves(target: ResolvedTarget, asked: Asked): boolean {
  if (target.strip !== asked.strip || target.quantity !== (asked.quantity ?? usual(asked))) return false;
  if (!resolvesContrast(target, asked.contrast)) return false;
  if (asked.class !== undefined) return asked.class === target.class_id || asked.class === target.class_label;
  return target.start === asked.from && target.stop === asked.to;
}

function resolvesContrast({ contrast_ids: ids, contrast_text: text }: ResolvedTarget, wanted?: Contrast): boolean {
  if (wanted === undefined) return ids.length === 0;
  if (wanted.ids != null) return equal(wanted.ids, ids);
  if (wanted.token != null) return wanted.token === text;
  return wanted.class === ids[0] || wanted.class === text;
}

/** Whether a request for a target is this question. Which units it names counts, not how. */
export function requests(target: Target, asked: Asked): boolean {
  const { from, to, quantity, contrast, class: own } = target;
  return (
    (target.strip ?? "main") === asked.strip &&
    (from ?? undefined) === asked.from &&
    (from == null || (to ?? from + 1) === asked.to) &&
    (own ?? undefined) === asked.class &&
    (quantity ?? usual(asked)) === (asked.quantity ?? usual(asked)) &&
    sameContrast(contrast ?? undefined, asked.contrast)
  );
}

function sameContrast(one?: Contrast, other?: Contrast): boolean {
  return (
    (one?.token ?? null) === (other?.token ?? null) &&
    (one?.class ?? null) === (other?.class ?? null) &&
    equal(one?.ids ?? [], other?.ids ?? [])
  );
}

const equal = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((id, index) => id === other[index]);

/** The same about other units: a contrast belongs to its place, a quantity stays as long as it has a meaning. */
export function moved(asked: Asked | null, strip: string, [from, to]: readonly [number, number]): Asked {
  const next: Asked = { strip, from, to };
  const quantity = asked?.quantity;
  return quantity !== undefined && allows(next, quantity) ? { ...next, quantity } : next;
}
