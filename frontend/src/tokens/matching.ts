/**
 * What an expression matches in a text, found in a worker that is ended when it takes too long.
 *
 * It is asked for where it is drawn, so it answers at once with what is known; `Matching` draws its host again when
 * more is.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Unit } from "../contract";
import { matched, runs, textOf, type Cut, type Match } from "./cuts";
import { fault } from "./pattern";
import address from "./pattern-worker?worker&url";

export type Matched =
  { kind: "waiting" } | { kind: "wrong"; message: string } | { kind: "slow" } | { kind: "done"; cut: Cut };

export interface PatternQuestion {
  pattern: string;
  texts: readonly string[];
}
/** `found` null: the worker is ready. */
export interface PatternAnswer {
  found: Match[][] | null;
}

/** Milliseconds that an expression may take on a text. */
export const LIMIT = 1000;

const known = new WeakMap<readonly Unit[], Map<string, Matched>>();
const hosts = new Set<ReactiveControllerHost>();

/** Draws its host again when matches have been found. */
export class MatchingController implements ReactiveController {
  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }
  hostConnected(): void {
    hosts.add(this.host);
  }
  hostDisconnected(): void {
    hosts.delete(this.host);
  }
}

/** The same object until there is more to know. */
export function matching(units: readonly Unit[], pattern: string): Matched {
  const own = known.get(units) ?? new Map<string, Matched>();
  known.set(units, own);
  const before = own.get(pattern);
  if (before) return before;
  const message = fault(pattern);
  const now: Matched = message === null ? { kind: "waiting" } : { kind: "wrong", message };
  own.set(pattern, now);
  if (message === null) ask(units, pattern, (answer) => own.set(pattern, answer));
  return now;
}

let asked: (question: PatternQuestion) => Promise<Match[][] | null> = inWorker;

/** For tests, where there are no workers. */
export function answerBy(other: typeof asked): void {
  asked = other;
}

function ask(units: readonly Unit[], pattern: string, tell: (answer: Matched) => void): void {
  const texts = runs(units).map((run) => textOf(units, run));
  const told = (answer: Matched): void => {
    tell(answer);
    for (const host of hosts) host.requestUpdate();
  };
  asked({ pattern, texts }).then(
    (found) => told(found === null ? { kind: "slow" } : { kind: "done", cut: matched(units, found) }),
    (error: unknown) => told({ kind: "wrong", message: error instanceof Error ? error.message : String(error) }),
  );
}

/** The matches of each text; null when it took too long. Its start is no part of the time. */
function inWorker(question: PatternQuestion): Promise<Match[][] | null> {
  return new Promise((resolve, reject) => {
    const worker = started(new URL(address, location.href));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      clearTimeout(timer);
      worker.terminate();
    };
    worker.onmessage = ({ data }: MessageEvent<PatternAnswer>) => {
      if (data.found === null) {
        worker.postMessage(question);
        timer = setTimeout(() => {
          end();
          resolve(null);
        }, LIMIT);
        return;
      }
      end();
      resolve(data.found);
    };
    worker.onerror = ({ message }) => {
      end();
      reject(new Error(message || "the worker did not start"));
    };
  });
}

/** Workers are of the page's own origin: one of a site that lends this module to another site's page is imported there. */
function started({ href, origin }: URL): Worker {
  if (origin === location.origin) return new Worker(href, { type: "module" });
  const own = URL.createObjectURL(new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" }));
  const worker = new Worker(own, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(own), { once: true });
  return worker;
}
