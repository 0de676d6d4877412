"""A page that shows a run as the real one does: each news that it does not know yet makes it read the whole state."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

import gevent
import websocket
from geventhttpclient.useragent import UserAgent

Headers = dict[str, str]
Told = tuple[int, dict[str, str]]

OPEN_SECONDS = 25.0
"""How long a socket stays open on average, before its page loses it and comes back."""
AWAY_SECONDS = 2.0
LATE_SECONDS = 10.0
"""How long an event may come after a heartbeat that knew of it, or after its page was busy reading."""
SETTLE_SECONDS = 30.0
"""How long what was asked last may take to be computed and told."""
PATIENCE = 15.0
"""Seconds after which a connection without any heartbeat is taken for dead."""


@dataclass
class Counts:
    """What pages saw: `broken` connections ended by the other side, `missed` numbers that an open socket did not bring,
    `away` numbers that passed while there was none, `lost` pages that never came to believe what the site says.
    """

    connections: int = 0
    refused: int = 0
    broken: int = 0
    events: int = 0
    missed: int = 0
    away: int = 0
    compared: int = 0
    lost: int = 0

    def __add__(self, other: Self) -> "Counts":
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass
class View:
    """What a page believes of a run: the states as of a change's number, the last number it heard of, and the numbers
    whose own event has not come yet (a heartbeat may overtake it).
    """

    run: str
    seq: int = -1
    states: dict[str, str] = field(default_factory=dict)
    heard: int = -1
    owed: set[int] = field(default_factory=set)


class Page:
    """Keeps a view of one run. `report` is told how many milliseconds each reading of the state took."""

    all: ClassVar[list["Page"]] = []

    def __init__(self, host: str, headers: Headers, choose: Callable[[], str], report: Callable[[float], None]) -> None:
        self.counts = Counts()
        self._report = report
        self._host, self._headers, self._choose = host, headers, choose
        self._http = UserAgent(concurrency=1, network_timeout=30.0, connection_timeout=30.0)
        self._view = View(choose())
        self._socket: websocket.WebSocket | None = None
        self._ended = False
        self.all.append(self)

    @property
    def is_open(self) -> bool:
        """Whether its socket is open now."""
        return self._socket is not None

    def start(self) -> None:
        """Open, and come back after each loss."""
        gevent.spawn(self._live)

    def turn_to(self, run: str) -> None:
        """Show another run, as a person does who asks something new."""
        self._view = View(run)
        self._hang_up()

    def compare(self) -> None:
        """Count this page as having lost something unless it comes to believe what the site says."""
        deadline = time.monotonic() + SETTLE_SECONDS
        told = self._told(self._view)
        while told != (self._view.seq, self._view.states) and time.monotonic() < deadline:
            gevent.sleep(0.5)
            told = self._told(self._view)
        self._ended = True
        self._hang_up()
        self.counts.compared += 1
        self.counts.lost += told != (self._view.seq, self._view.states)

    def _live(self) -> None:
        while not self._ended:
            try:
                socket = self._connect(self._view)
            except (OSError, websocket.WebSocketException):
                self.counts.refused += 1
            else:
                self._follow(socket, self._view, until=time.monotonic() + random.expovariate(1 / OPEN_SECONDS))
                if random.random() < 0.5 and not self._ended:
                    self._view = View(self._choose())
            gevent.sleep(random.expovariate(1 / AWAY_SECONDS))

    def _connect(self, view: View) -> websocket.WebSocket:
        address = f"{self._host.replace('http', 'ws', 1)}/ws/runs/{view.run}"
        headers = [f"{name}: {value}" for name, value in self._headers.items()]
        socket = websocket.create_connection(address, header=headers, timeout=PATIENCE, suppress_origin=True)
        self.counts.connections += 1
        self._socket = socket
        return socket

    def _follow(self, socket: websocket.WebSocket, view: View, until: float) -> None:
        """Take events until it is time to lose the socket, the page turns, or the other side ends it."""
        first = True
        try:
            while view is self._view and time.monotonic() < until + LATE_SECONDS * bool(view.owed):
                self._take(view, json.loads(socket.recv()), first)
                first = False
            self.counts.missed += len(view.owed) if view is self._view else 0
        except (OSError, websocket.WebSocketException, ValueError):
            self.counts.broken += view is self._view and not self._ended
        finally:
            self._hang_up()
            view.owed.clear()

    def _take(self, view: View, event: dict[str, Any], first: bool) -> None:
        self.counts.events += 1
        number = event["seq"]
        if first:
            self.counts.away += number - view.heard if view.heard >= 0 else 0
        else:
            view.owed |= set(range(view.heard + 1, number + 1))
        if event["kind"] in {"state", "result"}:
            view.owed.discard(number)
        view.heard = max(view.heard, number)
        if number > view.seq and (told := self._told(view)) is not None:
            view.seq, view.states = told

    def _told(self, view: View) -> Told | None:
        """The number and the states as the site has them now; None if it does not say."""
        began = time.perf_counter()
        try:
            answer = self._http.urlopen(f"{self._host}/api/runs/{view.run}", headers=self._headers)
            state = json.loads(answer.read())
            self._report((time.perf_counter() - began) * 1000)
            return state["seq"], {entry["id"]: entry["state"] for entry in [*state["jobs"], *state["results"]]}
        except (OSError, ValueError, KeyError):
            return None

    def _hang_up(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.shutdown()
