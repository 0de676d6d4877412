/** Many patches at once: in a box from one corner to the other, under a brush, or in a box by shift and arrows. */
import { UnitSweep } from "./events";
import type { Box, Patches } from "./patches";

export type Sweep = "box" | "brush";
type Point = readonly [x: number, y: number];

/** A pointer that moves less far (CSS px) only clicks. */
const STILL = 4;

export interface Swept {
  patches: () => Patches;
  sweep: () => Sweep | null;
  /** A place of the window on the picture, in its pixels. */
  point: (event: PointerEvent) => Point;
  /** Shows the box that is drawn; null: none is any longer. */
  outline: (box: Box | null) => void;
}

export class Sweeping {
  private start: { x: number; y: number; point: Point; id: number } | null = null;
  private drawing = false;
  private brushed = new Set<number>();
  private last: Point = [0, 0];
  /** What has been drawn since the last frame. */
  private untold: { units: readonly number[]; begins: boolean } | null = null;
  /** The patch where shift was first held with an arrow. */
  private anchor: number | null = null;
  private extending = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly grid: Swept,
  ) {}

  readonly pointerdown = (event: PointerEvent): void => {
    this.anchor = null;
    this.drawing = false;
    if (this.grid.sweep() === null || event.button !== 0 || event.shiftKey) return;
    this.start = { x: event.clientX, y: event.clientY, point: this.grid.point(event), id: event.pointerId };
  };

  readonly pointermove = (event: PointerEvent): void => {
    if (this.start?.id !== event.pointerId) return;
    const begins = !this.drawing;
    if (begins && Math.hypot(event.clientX - this.start.x, event.clientY - this.start.y) < STILL) return;
    if (begins) this.begin(event);
    const to = this.grid.point(event);
    if (this.grid.sweep() === "brush") this.brush(to, begins);
    else this.box(this.start.point, to, begins);
  };

  readonly pointerup = (): void => {
    this.start = null;
    this.flush();
    this.grid.outline(null);
  };

  /** Whether a click is but the end of what was drawn, which chooses nothing more. */
  ends(event: MouseEvent): boolean {
    const ends = this.drawing;
    this.drawing = false;
    if (ends) event.stopPropagation();
    return ends;
  }

  readonly keydown = (event: KeyboardEvent): void => {
    // Shift itself is a key, too.
    if (event.key === "Shift") return;
    this.extending = this.grid.sweep() !== null && event.shiftKey && event.key.startsWith("Arrow");
    if (!this.extending) this.anchor = null;
  };

  /** Call when a key has led from one unit to another. */
  moved(from: number, to: number): void {
    if (!this.extending) return;
    const begins = this.anchor === null;
    this.anchor ??= from;
    this.tell(this.grid.patches().between(this.anchor, to), begins);
    this.flush();
  }

  private begin(event: PointerEvent): void {
    this.drawing = true;
    this.brushed = new Set();
    this.last = this.start?.point ?? this.last;
    if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
  }

  private box([x, y]: Point, [toX, toY]: Point, begins: boolean): void {
    const box: Box = [Math.min(x, toX), Math.min(y, toY), Math.max(x, toX), Math.max(y, toY)];
    this.grid.outline(box);
    this.tell(this.grid.patches().within(box), begins);
  }

  /** A quick pointer skips patches: those between two places of it are met, too. */
  private brush(to: Point, begins: boolean): void {
    const patches = this.grid.patches();
    const [first = 0] = patches.placed;
    const [left, top, right, bottom] = patches.boxOf(first) ?? [0, 0, 1, 1];
    const stride = Math.max(1e-3, Math.min(right - left, bottom - top) / 2);
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - this.last[0], to[1] - this.last[1]) / stride));
    for (let step = 0; step <= steps; step++) {
      const at = ([from, end]: Point): number => from + ((end - from) * step) / steps;
      const unit = patches.at(at([this.last[0], to[0]]), at([this.last[1], to[1]]));
      if (unit !== null) this.brushed.add(unit);
    }
    this.last = to;
    this.tell([...this.brushed], begins);
  }

  /** Once for each frame: pointers move more often, and whoever listens draws much. */
  private tell(units: readonly number[], begins: boolean): void {
    const started = this.untold?.begins ?? begins;
    if (this.untold === null) requestAnimationFrame(this.flush);
    this.untold = { units, begins: started };
  }

  private readonly flush = (): void => {
    if (this.untold !== null) this.host.dispatchEvent(new UnitSweep(this.untold.units, this.untold.begins));
    this.untold = null;
  };
}
