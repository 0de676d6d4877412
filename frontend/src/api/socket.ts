/**
 * The news of a run, for as long as the page is open.
 *
 * A lost connection is opened again after a growing pause; a silent one (the server sends a heartbeat every five
 * seconds) counts as lost. `opened` is called at every opening: what was missed meanwhile has to be fetched.
 */
import type { RunEvent } from "../contract";

export interface Listener {
  opened: () => void;
  event: (event: RunEvent) => void;
  lost: () => void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
const SILENCE = 15_000;

export class RunSocket {
  private socket: WebSocket | null = null;
  private pause = FIRST_PAUSE;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
  ) {}

  open(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.pause = FIRST_PAUSE;
      this.listen(socket);
      this.listener.opened();
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      this.listen(socket);
      this.listener.event(JSON.parse(data) as RunEvent);
    };
    socket.onclose = () => this.reopen(socket);
  }

  close(): void {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private listen(socket: WebSocket): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      socket.close();
      this.reopen(socket);
    }, SILENCE);
  }

  /** Once for each socket: a silent one is given up before its `close` arrives, if that ever does. */
  private reopen(socket: WebSocket): void {
    if (socket !== this.socket) return;
    clearTimeout(this.silence);
    this.socket = null;
    this.listener.lost();
    this.retry = setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
  }
}
