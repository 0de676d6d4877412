/**
 * One tab stop for many units: arrows move, Home and End jump, Enter or Space chooses, Escape leaves.
 *
 * Units are the elements with `data-unit` and a role, in reading order unless they know another; up and down go by
 * where they lie on the page.
 */
import { UnitEnter, UnitLeave, UnitSelect } from "./events";

export type Stop = HTMLElement | SVGElement;

/** In which order units follow each other: for what is too long to be looked through at every key. */
export interface Order {
  first(): Stop | undefined;
  last(): Stop | undefined;
  beside(stop: Stop, direction: 1 | -1): Stop | undefined;
  /** Those near enough to lie on the line above it or below. */
  around(stop: Stop): readonly Stop[];
}

export class Roving {
  private current: Stop | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly root: () => ParentNode,
    /** Where a key leads, for units that are not lines of a text; undefined leaves it to reading order. */
    private readonly step: ((unit: number, key: string) => number | undefined) | null = null,
    private readonly order: Order = new DocumentOrder(root),
  ) {}

  /** The unit that the tab stop is at, and whether it has the focus. */
  get at(): { unit: number; focused: boolean } | null {
    const { current } = this;
    return current === null ? null : { unit: unitOf(current), focused: current.matches(":focus") };
  }

  /** Call when the units have been drawn anew. */
  reset(): void {
    this.current = this.order.first() ?? null;
    if (this.current) this.current.tabIndex = 0;
  }

  readonly focusin = (event: Event): void => {
    const stop = stopOf(event.target);
    if (!stop) return;
    if (this.current) this.current.tabIndex = -1;
    this.current = stop;
    stop.tabIndex = 0;
    if (stop.matches(":focus-visible")) this.host.dispatchEvent(new UnitEnter(unitOf(stop), stop, "keyboard"));
  };

  readonly focusout = (): void => void this.host.dispatchEvent(new UnitLeave());

  readonly pointerover = (event: Event): void => {
    const element = event.target instanceof Element ? event.target.closest("[data-unit]") : null;
    if (element) this.host.dispatchEvent(new UnitEnter(unitOf(element), element, "pointer"));
    else this.host.dispatchEvent(new UnitLeave());
  };

  readonly pointerleave = (): void => void this.host.dispatchEvent(new UnitLeave());

  readonly click = (event: MouseEvent): void => {
    const element =
      event.target instanceof Element ? event.target.closest<HTMLElement | SVGElement>("[data-unit]") : null;
    if (!element) return;
    this.host.dispatchEvent(new UnitEnter(unitOf(element), element, "pointer"));
    this.host.dispatchEvent(new UnitSelect(unitOf(element), event.shiftKey, element, "pointer"));
  };

  readonly keydown = (event: KeyboardEvent): void => {
    const from = stopOf(event.target);
    if (!from) return;
    if (event.key === "Enter" || event.key === " ") {
      this.host.dispatchEvent(new UnitSelect(unitOf(from), event.shiftKey, from, "keyboard"));
    } else if (event.key === "Escape") {
      this.host.dispatchEvent(new UnitLeave());
    } else {
      const to = this.next(from, event.key);
      if (!to) return;
      to.focus();
    }
    event.preventDefault();
  };

  private next(from: Stop, key: string): Stop | undefined {
    const led = this.step?.(unitOf(from), key);
    if (led !== undefined) return this.root().querySelector<Stop>(`[data-unit="${led}"][role]`) ?? undefined;
    switch (key) {
      case "ArrowRight":
        return this.order.beside(from, 1);
      case "ArrowLeft":
        return this.order.beside(from, -1);
      case "Home":
        return this.order.first();
      case "End":
        return this.order.last();
      case "ArrowDown":
        return nearest(from, this.order.around(from), 1);
      case "ArrowUp":
        return nearest(from, this.order.around(from), -1);
      default:
        return undefined;
    }
  }
}

/** As the elements stand in the document. */
class DocumentOrder implements Order {
  constructor(private readonly root: () => ParentNode) {}

  first = (): Stop | undefined => this.stops()[0];
  last = (): Stop | undefined => this.stops().at(-1);
  around = (): readonly Stop[] => this.stops();

  beside(stop: Stop, direction: 1 | -1): Stop | undefined {
    const stops = this.stops();
    return stops[stops.indexOf(stop) + direction];
  }

  private stops(): Stop[] {
    return Array.from(this.root().querySelectorAll<HTMLElement | SVGElement>("[data-unit][role]"));
  }
}

const unitOf = (element: Element): number => Number(element.getAttribute("data-unit"));

function stopOf(target: EventTarget | null): Stop | null {
  return target instanceof HTMLElement || target instanceof SVGElement
    ? target.closest<HTMLElement | SVGElement>("[data-unit][role]")
    : null;
}

/** The stop on the next line in that direction that lies closest to the same column. */
function nearest(from: Stop, stops: readonly Stop[], direction: 1 | -1): Stop | undefined {
  const start = middle(from);
  const beyond = stops
    .map((stop) => ({ stop, at: middle(stop) }))
    .filter(({ at }) => direction * (at.y - start.y) > start.height / 2);
  const line = Math.min(...beyond.map(({ at }) => direction * (at.y - start.y)));
  return beyond
    .filter(({ at }) => direction * (at.y - start.y) < line + start.height / 2)
    .toSorted((one, other) => Math.abs(one.at.x - start.x) - Math.abs(other.at.x - start.x))[0]?.stop;
}

function middle(stop: Element): { x: number; y: number; height: number } {
  const { left, top, width, height } = stop.getClientRects()[0] ?? stop.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2, height };
}
