/** The order of the units of a strip: its text may be far too long to be looked through at every key. */
import type { Order, Stop } from "./roving";
import type { StripNodes } from "./strip-nodes";

/** Blocks above and below one in which the next line is looked for. */
const NEAR = 2;

export class StripOrder implements Order {
  constructor(
    private readonly nodes: () => StripNodes | null,
    /** Of each unit, the group that arrows step over as one; null where they do not. */
    private readonly groups: () => ArrayLike<number> | null,
  ) {}

  first = (): Stop | undefined => this.from(0, 1);
  last = (): Stop | undefined => this.from((this.nodes()?.tiles.length ?? 0) - 1, -1);

  beside(stop: Stop, direction: 1 | -1): Stop | undefined {
    const unit = Number(stop.getAttribute("data-unit"));
    const groups = this.groups();
    if (groups === null) return this.from(unit + direction, direction);
    let next = unit + direction;
    while (groups[next] === groups[unit]) next += direction;
    // Backwards, to where that group begins.
    while (direction < 0 && next > 0 && groups[next - 1] === groups[next]) next--;
    return this.from(next, direction);
  }

  around(stop: Stop): Stop[] {
    const nodes = this.nodes();
    const home = nodes?.homeOf(Number(stop.getAttribute("data-unit")));
    if (!nodes || !home) return [];
    const near = nodes.blocks.slice(Math.max(0, home.index - NEAR), home.index + NEAR + 1);
    return near.flatMap(({ units }) => units.flatMap((unit) => this.stopOf(unit) ?? []));
  }

  /** The first unit that is drawn, from here on. */
  private from(unit: number, direction: 1 | -1): Stop | undefined {
    const count = this.nodes()?.tiles.length ?? 0;
    for (let at = unit; at >= 0 && at < count; at += direction) {
      const stop = this.stopOf(at);
      if (stop) return stop;
    }
    return undefined;
  }

  private stopOf(unit: number): HTMLElement | undefined {
    return this.nodes()
      ?.tilesOf(unit)
      .find((tile) => tile.hasAttribute("role"));
  }
}
