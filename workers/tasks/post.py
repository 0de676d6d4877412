"""One event loop in one thread carries a child's messages, in the order in which they were handed over."""

import asyncio
import logging
import threading
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger("tessera.post")

HELD = 1000
"""Messages that may wait; more are dropped, since they are only news."""


class Post:
    """Takes messages from any thread and sends them one after the other."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._waiting: asyncio.Queue[tuple[str, dict[str, Any]] | None] = asyncio.Queue()
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)
        self._thread.start()

    def send(self, group: str, message: dict[str, Any]) -> None:
        """Hand over a message for a group; returns at once."""
        if self._waiting.qsize() < HELD:
            self._loop.call_soon_threadsafe(self._waiting.put_nowait, (group, message))

    def close(self) -> None:
        """Send what waits, and end."""
        self._loop.call_soon_threadsafe(self._waiting.put_nowait, None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._carry())
        finally:
            self._loop.close()

    async def _carry(self) -> None:
        layer = get_channel_layer()
        assert layer is not None  # settings always name one
        while (item := await self._waiting.get()) is not None:
            try:
                await layer.group_send(*item)
            except Exception:
                logger.warning("the channel layer did not take a message for %s", item[0], exc_info=True)
