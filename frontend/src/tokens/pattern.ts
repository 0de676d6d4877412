/** A regular expression as a person types it: `red|blue`, or with flags of its own, `/red|blue/i`. */
import type { Match } from "./cuts";

const WITH_FLAGS = /^\/(.+)\/([imsv]*)$/s;
/** Always: all matches, whole characters; `^` and `$` stand at lines unless flags say otherwise. */
const ALWAYS = "g";
const USUAL = "m";

/** SyntaxError where it is none. */
export function compiled(typed: string): RegExp {
  const [, source, flags] = WITH_FLAGS.exec(typed) ?? [];
  const own = source === undefined ? USUAL : (flags ?? "");
  return new RegExp(source ?? typed, `${ALWAYS}${own}${own.includes("v") ? "" : "u"}`);
}

/** What is wrong with an expression, in the words of the engine; null where nothing is. */
export function fault(typed: string): string | null {
  try {
    compiled(typed);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.replace(/^Invalid regular expression: (\/.*\/\w*: )?/s, "");
  }
}

/** All matches, from left to right; those of nothing as well. */
export function matchesIn(text: string, expression: RegExp): Match[] {
  return Array.from(text.matchAll(expression), ({ 0: found, index }) => [index, index + found.length] as const);
}
