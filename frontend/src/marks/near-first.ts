/**
 * Work on the parts of something long: at once on those that a person sees, and on the others when they come into
 * view or while nothing else is to be done.
 */
export class NearFirst<Part extends { element: HTMLElement }> {
  private parts: readonly Part[] = [];
  private readonly due = new Set<Part>();
  private readonly near = new Set<Part>();
  private readonly byElement = new WeakMap<Element, Part>();
  private idle: number | null = null;

  constructor(private readonly work: (part: Part) => void) {}

  /** Takes other parts; the first few are near before a browser has said which are. */
  take(parts: readonly Part[], near: number): void {
    this.stop();
    this.parts = parts;
    this.near.clear();
    parts.slice(0, near).forEach((part) => this.near.add(part));
    for (const part of parts) {
      this.byElement.set(part.element, part);
      part.element.addEventListener("contentvisibilityautostatechange", this.moved);
    }
  }

  /** All parts are to be done (again). */
  renew(): void {
    this.due.clear();
    for (const part of this.parts) this.due.add(part);
    this.near.forEach((part) => this.finish(part));
    this.rest();
  }

  /** Does everything now, as before printing. */
  readonly all = (): void => this.due.forEach((part) => this.finish(part));

  finish(part: Part): void {
    if (this.due.delete(part)) this.work(part);
  }

  stop(): void {
    if (this.idle !== null) cancelIdle(this.idle);
    this.idle = null;
    this.due.clear();
  }

  private readonly moved = (event: Event): void => {
    const part = event.target instanceof Element ? this.byElement.get(event.target) : undefined;
    if (part === undefined) return;
    if ((event as ContentVisibilityAutoStateChangeEvent).skipped) return void this.near.delete(part);
    this.near.add(part);
    this.finish(part);
  };

  private rest(): void {
    if (this.due.size === 0 || this.idle !== null) return;
    this.idle = whenIdle(() => {
      this.idle = null;
      const end = performance.now() + SLICE;
      for (const part of this.due) {
        if (performance.now() > end) break;
        this.finish(part);
      }
      this.rest();
    });
  }
}

/** Milliseconds of work between two looks at what a person does: half of a frame. */
const SLICE = 8;

/** Not every browser says when it is idle; a moment later is what is left. */
const says = typeof requestIdleCallback === "function";
const whenIdle = (work: () => void): number => (says ? requestIdleCallback(work) : window.setTimeout(work, 40));
const cancelIdle = (handle: number): void => (says ? cancelIdleCallback(handle) : clearTimeout(handle));
