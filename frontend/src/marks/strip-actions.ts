/** What can be done on a strip by name or key: how it is written, and where to go in it. */
import { t } from "../text";
import type { Shortcut } from "../state/shortcuts";
import { prefer, preferences } from "../theme/preferences";

/** Where a strip leads. */
export interface Goals {
  /** Whether numbers stand on it. */
  valued: () => boolean;
  /** To the unit that is so many places weaker than where one is; without a place, to the strongest. */
  weaker: (places: number) => void;
  goTo: (unit: number) => void;
  find: (text: string) => void;
}

export function stripActions(goals: Goals): Shortcut[] {
  return [
    switching("ids", "i"),
    switching("bytes", "b"),
    switching("invisible", "w"),
    switching("specials", "s"),
    switching("marks", "m"),
    {
      ...{ id: "strip.weaker", label: t("strip.weaker"), group: "go", keys: "n", when: goals.valued },
      run: () => goals.weaker(1),
    },
    {
      ...{ id: "strip.stronger", label: t("strip.stronger"), group: "go", keys: "shift+n", when: goals.valued },
      run: () => goals.weaker(-1),
    },
    {
      ...{ id: "strip.go", label: t("strip.go"), group: "go", keys: "g", asks: t("strip.go-asks") },
      run: (number) => goals.goTo(Number.parseInt(number, 10)),
    },
    {
      ...{ id: "strip.find", label: t("strip.find"), group: "go", keys: "/", asks: t("strip.find-asks") },
      run: (text) => goals.find(text),
    },
  ];
}

function switching(preference: "ids" | "bytes" | "invisible" | "specials" | "marks", keys: string): Shortcut {
  return {
    ...{ id: `strip.${preference}`, label: t(`strip.${preference}-hint`), group: "show", keys },
    run: () => prefer({ [preference]: !preferences()[preference] }),
  };
}

/** Where a text is found next, behind a place and round to it again; upper and lower case alike. −1: nowhere. */
export function foundAfter(texts: readonly string[], wanted: string, behind: number): number {
  const ends: number[] = [];
  let length = 0;
  for (const text of texts) ends.push((length += text.length));
  const whole = texts.join("").toLocaleLowerCase();
  // Lower case is longer in a few languages; what it moves is a few characters at most.
  const sought = wanted.toLocaleLowerCase();
  if (sought === "") return -1;
  const from = behind < 0 ? 0 : (ends[behind] ?? 0);
  const at = [whole.indexOf(sought, from), whole.indexOf(sought)].find((place) => place >= 0);
  return at === undefined ? -1 : ends.findIndex((end) => end > at);
}
