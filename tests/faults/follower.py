"""Follows a run as its page does: by its news, asking for the whole state wherever their numbers show a gap."""

import json
import threading
import time
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import WebSocketException

from tests.e2e.person import FINAL, Document, Person

SILENCE = 8.0
"""A socket on which not even a heartbeat came for so long (s) is given up."""
PAUSE = 0.3


def ended(state: Document) -> bool:
    """Whether every part of a run has."""
    return all(part["state"] in FINAL for part in [*state["jobs"], *state["results"]])


class Follower:
    """One open page. It never asks on a timer: what it knows at the end, it knows from news and their numbers."""

    def __init__(self, person: Person, run: str) -> None:
        self._person, self._run = person, run
        self.state: Document = person.state(run)
        self.sockets = 0
        self.healed = 0
        self.events: list[Document] = []
        self._over = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"follower-{run}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join(2 * SILENCE)

    def check(self, seconds: float = 120) -> None:
        """AssertionError if it does not learn in time that everything ended, and how."""
        assert self._ended.wait(seconds), f"after {self.sockets} sockets the page still shows {self.state}"
        told = self._person.state(self._run)
        assert (self.state["jobs"], self.state["results"]) == (told["jobs"], told["results"])

    def opened(self, sockets: int, seconds: float = 30) -> bool:
        """Whether it has opened so many sockets, or does in time."""
        deadline = time.monotonic() + seconds
        while self.sockets < sockets and time.monotonic() < deadline:
            time.sleep(PAUSE)
        return self.sockets >= sockets

    def _follow(self) -> None:
        while not self._over.is_set():
            try:
                with self._person.news(self._run) as socket:
                    self.sockets += 1
                    self._listen(socket)
            except (OSError, WebSocketException):
                self._over.wait(PAUSE)

    def _listen(self, socket: Any) -> None:
        heard = time.monotonic()
        while not self._over.is_set() and time.monotonic() - heard < SILENCE:
            try:
                event: Document = json.loads(socket.recv(timeout=PAUSE))
            except TimeoutError:
                continue
            heard = time.monotonic()
            self.events.append(event)
            if event["seq"] > self.state["seq"]:
                self.healed += event["kind"] not in {"state", "result"}
                self.state = self._person.state(self._run)
            if ended(self.state):
                self._ended.set()
