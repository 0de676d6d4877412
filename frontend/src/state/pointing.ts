/** What is pointed at just now, across the panels of a page; it is gone with the pointer and no part of the view. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** A unit of a strip, as a model read it. */
export interface Pointed {
  model: string;
  strip: string;
  unit: number;
}

export class Pointing {
  private pointed: Pointed | null = null;
  private readonly hosts = new Set<ReactiveControllerHost>();

  get value(): Pointed | null {
    return this.pointed;
  }

  set(pointed: Pointed | null): void {
    if (pointed === this.pointed) return;
    this.pointed = pointed;
    for (const host of this.hosts) host.requestUpdate();
  }

  add(host: ReactiveControllerHost): void {
    this.hosts.add(host);
  }

  remove(host: ReactiveControllerHost): void {
    this.hosts.delete(host);
  }
}

/** Draws its host again when something else is pointed at. */
export class PointingController implements ReactiveController {
  private pointing: Pointing | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly of: () => Pointing,
  ) {
    host.addController(this);
  }

  hostUpdate(): void {
    const pointing = this.of();
    if (pointing === this.pointing) return;
    this.pointing?.remove(this.host);
    pointing.add(this.host);
    this.pointing = pointing;
  }

  hostConnected(): void {
    this.pointing?.add(this.host);
  }

  hostDisconnected(): void {
    this.pointing?.remove(this.host);
  }
}
