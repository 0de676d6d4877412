/** What marks tell their views: a unit is looked at, left, or chosen. */

export class UnitEnter extends Event {
  static readonly type = "unit-enter";
  /** `by` tells a passing pointer from the keyboard, which asks for the numbers at once. */
  constructor(
    readonly index: number,
    readonly anchor: Element,
    readonly by: "pointer" | "keyboard",
  ) {
    super(UnitEnter.type, { bubbles: true });
  }
}

export class UnitLeave extends Event {
  static readonly type = "unit-leave";
  constructor() {
    super(UnitLeave.type, { bubbles: true });
  }
}

export class UnitSelect extends Event {
  static readonly type = "unit-select";
  /** `extend` asks to reach from the present choice to here. */
  constructor(
    readonly index: number,
    readonly extend: boolean,
    readonly anchor: HTMLElement | SVGElement,
    readonly by: "pointer" | "keyboard",
  ) {
    super(UnitSelect.type, { bubbles: true });
  }
}

export class UnitReach extends Event {
  static readonly type = "unit-reach";
  /** A span drawn with the pointer, or with shift and arrows: the units [from, to). */
  constructor(
    readonly from: number,
    readonly to: number,
  ) {
    super(UnitReach.type, { bubbles: true });
  }
}

export class UnitSweep extends Event {
  static readonly type = "unit-sweep";
  /** Units that a box or brush holds by now; `begins` with the first of one movement. */
  constructor(
    readonly units: readonly number[],
    readonly begins: boolean,
  ) {
    super(UnitSweep.type, { bubbles: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    "unit-enter": UnitEnter;
    "unit-leave": UnitLeave;
    "unit-select": UnitSelect;
    "unit-reach": UnitReach;
    "unit-sweep": UnitSweep;
  }
}
