/**
 * One tab stop for many units: arrows move, Home and End jump, Enter or Space chooses, Escape leaves.
 *
 * Units are the elements with `data-unit` and a role, in reading order; up and down go by where they lie on the page.
 */
import { UnitEnter, UnitLeave, UnitSelect } from "./events";

export type Stop = HTMLElement | SVGElement;

export class Roving {
  private current: Stop | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly root: () => ParentNode,
    /** Where a key leads, for units that are not lines of a text; undefined leaves it to reading order. */
    private readonly step: ((unit: number, key: string) => number | undefined) | null = null,
  ) {}

  /** Call when the units have been drawn anew. */
  reset(): void {
    this.current = this.stops()[0] ?? null;
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

  private stops(): Stop[] {
    return Array.from(this.root().querySelectorAll<HTMLElement | SVGElement>("[data-unit][role]"));
  }

  private next(from: Stop, key: string): Stop | undefined {
    const stops = this.stops();
    const led = this.step?.(unitOf(from), key);
    if (led !== undefined) return stops.find((stop) => unitOf(stop) === led);
    switch (key) {
      case "ArrowRight":
        return stops[stops.indexOf(from) + 1];
      case "ArrowLeft":
        return stops[stops.indexOf(from) - 1];
      case "Home":
        return stops[0];
      case "End":
        return stops.at(-1);
      case "ArrowDown":
        return nearest(from, stops, 1);
      case "ArrowUp":
        return nearest(from, stops, -1);
      default:
        return undefined;
    }
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
