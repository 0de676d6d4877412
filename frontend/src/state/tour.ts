/**
 * The guided first run: which steps there are, on which page each is shown, and how far somebody is.
 *
 * It lasts as long as the tab. That somebody has seen it, or wants none, is kept for good.
 */
import { store, stored } from "./storage";

export interface Step {
  id: "input" | "tokens" | "legend" | "explain" | "believe" | "further";
  page: "ask" | "run";
  /** What it points at: elements within each other, through all shadow roots. */
  at: readonly string[];
  /** Whether it has to be there, because the answer is what the step is about; others point at the page without it. */
  waits: boolean;
  /** Whether there is something to try, to which the keyboard can be taken. */
  tries: boolean;
}

const CARD = "tessera-result-card";

export const STEPS: readonly Step[] = [
  { id: "input", page: "ask", at: ["tessera-ask-input"], waits: false, tries: false },
  { id: "tokens", page: "run", at: [CARD, "tessera-token-strip"], waits: true, tries: false },
  { id: "legend", page: "run", at: [CARD, "tessera-legend"], waits: true, tries: false },
  { id: "explain", page: "run", at: [CARD, "tessera-token-strip"], waits: true, tries: true },
  { id: "believe", page: "run", at: [CARD, "tessera-badge"], waits: false, tries: true },
  { id: "further", page: "run", at: [CARD, "tessera-how-to-read"], waits: false, tries: true },
];

export interface Tour {
  step: number;
  /** The address of the run that the tour asked for; null before. */
  run: string | null;
}

const KEY = "tessera.tour";

/** How far the tour is in this tab; null where there is none. */
export function tourNow(): Tour | null {
  try {
    const found = JSON.parse(stored(KEY, "session") ?? "null") as Partial<Tour> | null;
    if (found === null || typeof found.step !== "number" || STEPS[found.step] === undefined) return null;
    return { step: found.step, run: typeof found.run === "string" ? found.run : null };
  } catch {
    return null;
  }
}

/** Keeps how far the tour is; null ends it, and it is not offered again. */
export function keepTour(tour: Tour | null): void {
  store(KEY, JSON.stringify(tour), "session");
  if (tour === null) store(KEY, "seen");
}

/** Whether it should be offered: to whoever never had it nor refused it. */
export const isOffered = (): boolean => stored(KEY) === null && tourNow() === null;

export const begun = (): Tour => ({ step: 0, run: null });

/** The step that is shown at this address; null where the tour is on another page. */
export function stepAt(tour: Tour | null, path: string): Step | null {
  const step = tour === null ? undefined : STEPS[tour.step];
  if (tour === null || step === undefined) return null;
  const here = step.page === "ask" ? path === "/" : tour.run !== null && path === tour.run;
  return here ? step : null;
}

/** One step on, or null after the last. */
export function onward(tour: Tour): Tour | null {
  return STEPS[tour.step + 1] === undefined ? null : { ...tour, step: tour.step + 1 };
}

/** One step back, if that is on the same page. */
export function backward(tour: Tour): Tour {
  const before = STEPS[tour.step - 1];
  return before?.page === STEPS[tour.step]?.page ? { ...tour, step: tour.step - 1 } : tour;
}

export const canGoBack = (tour: Tour): boolean => backward(tour) !== tour;
