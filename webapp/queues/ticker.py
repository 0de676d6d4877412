"""One look at the queue every two seconds for everybody who watches from this process."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async

from webapp.queues.history import history
from webapp.queues.live import May, message
from webapp.queues.overview import now

logger = logging.getLogger("tessera.live")

EVERY = 2.0
"""Seconds between two looks."""
PAST = 15.0
"""Seconds for which a look at the past counts: it reads more rows and changes slowly."""


class Watchers:
    """Those who watch, each a queue of at most one message: who reads slowly misses some and sees the latest."""

    def __init__(self, look: Callable[[], dict[str, Any]] | None = None) -> None:
        self._look = look or Look()
        self._inboxes: dict[asyncio.Queue[str], May] = {}
        self._ticking: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._inboxes)

    def join(self, allowed: May) -> "asyncio.Queue[str]":
        """A place to read messages from; the first to come starts the clock."""
        inbox: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
        self._inboxes[inbox] = allowed
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.create_task(self._tick())
        return inbox

    async def leave(self, inbox: "asyncio.Queue[str]") -> None:
        """Watch no longer; the last to go stops the clock."""
        self._inboxes.pop(inbox, None)
        if not self._inboxes and self._ticking is not None:
            ticking, self._ticking = self._ticking, None
            ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticking

    async def _tick(self) -> None:
        while True:
            started = time.monotonic()
            try:
                told = await database_sync_to_async(self._told)(frozenset(self._inboxes.values()))
            except Exception:
                logger.warning("the live page's numbers cannot be read", exc_info=True)
            else:
                self._tell(told)
            await asyncio.sleep(max(0.1, EVERY - (time.monotonic() - started)))

    def _told(self, kinds: frozenset[May]) -> dict[May, str]:
        """One look, drawn once for each kind of permission among those who watch."""
        numbers = self._look()
        return {allowed: message(numbers, allowed) for allowed in kinds}

    def _tell(self, told: dict[May, str]) -> None:
        for inbox, allowed in self._inboxes.items():
            if allowed in told:
                with contextlib.suppress(asyncio.QueueEmpty):
                    inbox.get_nowait()
                inbox.put_nowait(told[allowed])


class Look:
    """The numbers, those of the past looked up only now and then."""

    def __init__(self) -> None:
        self._past: dict[str, Any] = {}
        self._at = 0.0

    def __call__(self) -> dict[str, Any]:
        if not self._past or time.monotonic() - self._at > PAST:
            self._past, self._at = history(), time.monotonic()
        return now() | self._past


watchers = Watchers()
