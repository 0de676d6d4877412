"""The socket of a run: news from the server to its owner, nothing the other way."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping
from typing import Any, cast

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from webapp.accounts.sockets import LOGIN_REQUIRED, still_welcome
from webapp.common.owners import owner_of_scope
from webapp.limits.seats import TOO_MANY, Seat
from webapp.runs.models import Run
from webapp.runs.news import group
from webapp.runs.pulse import first_heartbeat, heartbeat
from webapp.runs.selectors import run_of
from workers.contract import Event, Refusal

logger = logging.getLogger("tessera.sockets")

HEARTBEAT = 5.0
"""Seconds between two heartbeats, each with the latest number: a lost last message is noticed too."""


class RunNews(AsyncWebsocketConsumer):
    """`/ws/runs/{id}`: first a heartbeat with the run's number, then its events."""

    run_id: str | None = None
    beat: asyncio.Task[None] | None = None
    seat: Seat | None = None

    async def connect(self) -> None:
        self.seat = Seat(self.scope, self.channel_name)
        if not await self.seat.take():
            await self.close(TOO_MANY)
            return
        try:
            run = await database_sync_to_async(self._run)()
        except Refusal:
            await self.close(4404)
            return
        self.run_id = run.pk
        # Joined before the number is read: whatever changes in between arrives as an event.
        await self.channel_layer.group_add(group(run.pk), self.channel_name)
        await self.accept()
        await self._tell(await first_heartbeat(run.pk))
        self.beat = asyncio.create_task(self._beats())

    async def disconnect(self, code: int) -> None:
        if self.seat is not None:
            await self.seat.leave()
        if self.beat is not None:
            self.beat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.beat
        if self.run_id is not None:
            await self.channel_layer.group_discard(group(self.run_id), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.close(4400)

    async def run_event(self, message: dict[str, Any]) -> None:
        """An event that arrived through the channel layer."""
        await self.send(text_data=json.dumps(message["event"], ensure_ascii=False))

    def _run(self) -> Run:
        return run_of(self.scope["url_route"]["kwargs"]["run_id"], owner_of_scope(cast(Mapping[str, Any], self.scope)))

    async def _beats(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            if self.seat is not None:
                await self.seat.keep()
            try:
                welcome = await database_sync_to_async(still_welcome)(cast(Mapping[str, Any], self.scope))
                if not welcome:
                    await self.close(LOGIN_REQUIRED)
                    return
                await self._tell(await heartbeat(str(self.run_id)))
            except DatabaseError:
                logger.warning("no heartbeat for the socket of run %s: the database did not answer", self.run_id)

    async def _tell(self, event: Event | None) -> None:
        """Send a heartbeat; a run that is gone ends its socket."""
        if event is None:
            await self.close(4404)
            return
        await self.send(text_data=event.model_dump_json())
