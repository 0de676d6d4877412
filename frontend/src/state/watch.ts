/** Keeps a page's view of one run up to date: fetches it, listens to its news, fetches results once they are done. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import { RunApi } from "../api";
import { asProblem, ProblemError } from "../api/client";
import { RunSocket } from "../api/socket";
import type { Problem, Result } from "../contract";
import { coalesce } from "./coalesce";
import { fetched, isUnfinished, receive, type Run } from "./run";

export type Slot = { kind: "loading" } | { kind: "ready"; result: Result } | { kind: "failed"; problem: Problem };

/** Without a socket, or while it is lost, the state is asked for this often. */
const POLL = 2000;

export class RunWatch implements ReactiveController {
  run: Run = { kind: "loading" };
  readonly slots = new Map<string, Slot>();
  /** By id, fetched or under way; a late result lands here and is drawn only if it is still asked for. */
  readonly refresh = coalesce(() => this.fetchState());
  private readonly socket: RunSocket | null;
  private live = false;
  private poll: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    readonly api: RunApi,
    socket: string | null,
  ) {
    this.socket = socket === null ? null : new RunSocket(socket, this.listener());
    host.addController(this);
  }

  hostConnected(): void {
    void this.refresh();
    this.socket?.open();
  }

  hostDisconnected(): void {
    clearTimeout(this.poll);
    this.socket?.close();
  }

  private listener(): ConstructorParameters<typeof RunSocket>[1] {
    return {
      opened: () => {
        this.live = true;
        void this.refresh();
      },
      lost: () => {
        this.live = false;
        this.pollLater();
      },
      event: (event) => {
        const { run, stale } = receive(this.run, event);
        this.set(run);
        if (stale) void this.refresh();
      },
    };
  }

  private async fetchState(): Promise<void> {
    try {
      this.set(fetched(this.run, await this.api.state()));
    } catch (error) {
      // A run that has been seen stays on the page while the connection is away.
      const gone = error instanceof ProblemError && error.problem.status === 404;
      if (this.run.kind !== "ready" || gone) this.set({ kind: "failed", problem: asProblem(error) });
    }
    this.fetchResults();
    this.pollLater();
  }

  private fetchResults(): void {
    if (this.run.kind !== "ready") return;
    for (const { id, state } of this.run.state.results) {
      if (state === "done" && !this.slots.has(id)) void this.fetchResult(id);
    }
  }

  private async fetchResult(id: string): Promise<void> {
    this.slots.set(id, { kind: "loading" });
    try {
      this.slots.set(id, { kind: "ready", result: await this.api.result(id) });
    } catch (error) {
      this.slots.set(id, { kind: "failed", problem: asProblem(error) });
    }
    this.host.requestUpdate();
  }

  private pollLater(): void {
    clearTimeout(this.poll);
    const waiting = this.run.kind === "ready" && this.run.state.jobs.some(isUnfinished);
    // Another site's page is not told why it may not read; asking again and again would only fill its log.
    const elsewhere = this.api.base.startsWith("http");
    const unreachable = !elsewhere && this.run.kind === "failed" && this.run.problem.status === 0;
    if (!this.live && (waiting || unreachable)) this.poll = setTimeout(() => void this.refresh(), POLL);
  }

  private set(run: Run): void {
    this.run = run;
    this.host.requestUpdate();
  }
}
