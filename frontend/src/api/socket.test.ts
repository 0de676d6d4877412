import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { RunSocket } from "./socket";

class FakeSocket {
  static made: FakeSocket[] = [];
  onopen: () => void = () => undefined;
  onmessage: (message: { data: string }) => void = () => undefined;
  onclose: () => void = () => undefined;
  close = vi.fn();
  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
}

const listener = { opened: vi.fn(), event: vi.fn(), lost: vi.fn() };
const last = (): FakeSocket => FakeSocket.made.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.made = [];
  vi.clearAllMocks();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("RunSocket", () => {
  it("passes events on", () => {
    new RunSocket("/ws/runs/r", listener).open();
    last().onopen();
    last().onmessage({ data: '{"seq":3,"run":"r","kind":"heartbeat","data":{}}' });
    expect(listener.opened).toHaveBeenCalledOnce();
    expect(listener.event).toHaveBeenCalledWith(expect.objectContaining({ seq: 3, kind: "heartbeat" }));
  });

  it("opens again after pauses that grow, and start over once it works", () => {
    new RunSocket("/ws", listener).open();
    last().onclose();
    vi.advanceTimersByTime(499);
    expect(FakeSocket.made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.made).toHaveLength(2);
    last().onclose();
    vi.advanceTimersByTime(999);
    expect(FakeSocket.made).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.made).toHaveLength(3);
    last().onopen();
    last().onclose();
    vi.advanceTimersByTime(500);
    expect(FakeSocket.made).toHaveLength(4);
  });

  it("never pauses longer than fifteen seconds", () => {
    new RunSocket("/ws", listener).open();
    for (let attempt = 0; attempt < 10; attempt++) {
      last().onclose();
      vi.advanceTimersByTime(15_000);
    }
    expect(FakeSocket.made).toHaveLength(11);
  });

  it("gives up a connection that has gone silent, once", () => {
    new RunSocket("/ws", listener).open();
    const silent = last();
    silent.onopen();
    vi.advanceTimersByTime(15_000);
    expect(silent.close).toHaveBeenCalledOnce();
    expect(listener.lost).toHaveBeenCalledOnce();
    silent.onclose();
    expect(listener.lost).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(500);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("stays closed when it is closed", () => {
    const socket = new RunSocket("/ws", listener);
    socket.open();
    socket.close();
    last().onclose();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.made).toHaveLength(1);
    expect(listener.lost).not.toHaveBeenCalled();
  });
});
