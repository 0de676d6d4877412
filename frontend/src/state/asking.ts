/**
 * Sends questions about targets as a person settles on them: one that is left again at once is never sent, and while
 * some are being answered only the latest waits, so that quick clicks do not fill the queue.
 */

/** Milliseconds that a choice has to stand. */
export const SETTLED = 250;
/** Questions about one model that may be under way. */
export const MOST = 2;

export interface Line {
  /** How many questions about the model are under way. */
  underway: (model: string) => number;
  /** Sends what is asked of the model now, if anything has to be sent. */
  send: (model: string) => Promise<void>;
}

export class Asking {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly waiting = new Set<string>();
  private readonly sending = new Set<string>();

  constructor(private readonly line: Line) {}

  ask(model: string): void {
    this.drop(model);
    this.timers.set(
      model,
      setTimeout(() => {
        this.timers.delete(model);
        this.due(model);
      }, SETTLED),
    );
  }

  /** Nothing is asked of the model any longer. */
  drop(model: string): void {
    clearTimeout(this.timers.get(model));
    this.timers.delete(model);
    this.waiting.delete(model);
  }

  /** Call when something may have ended. */
  news(): void {
    for (const model of [...this.waiting]) this.due(model);
  }

  stop(): void {
    for (const model of [...this.timers.keys(), ...this.waiting]) this.drop(model);
  }

  private due(model: string): void {
    if (this.sending.has(model) || this.line.underway(model) >= MOST) return void this.waiting.add(model);
    this.waiting.delete(model);
    this.sending.add(model);
    void this.line.send(model).finally(() => {
      this.sending.delete(model);
      this.news();
    });
  }
}
