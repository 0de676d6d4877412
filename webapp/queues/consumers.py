"""The socket of the admin's live page: numbers from the server to the staff, nothing the other way."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, cast

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user_model

from webapp.accounts.sockets import still_welcome
from webapp.queues.live import May, may, sees
from webapp.queues.ticker import watchers

RECHECK = 15
"""Messages after which it is asked again whether one may watch."""


class LiveQueue(AsyncWebsocketConsumer):
    """`/ws/admin/queue`: the live page's parts every two seconds. It needs no channel layer, so it outlives Redis."""

    channel_layer_alias = "none"
    inbox: "asyncio.Queue[str] | None" = None
    telling: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        allowed = await database_sync_to_async(self._allowed)()
        if allowed is None:
            await self.close(4403)
            return
        await self.accept()
        self.inbox = watchers.join(allowed)
        self.telling = asyncio.create_task(self._tell(allowed))

    async def disconnect(self, code: int) -> None:
        if self.telling is not None:
            self.telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.telling
        if self.inbox is not None:
            await watchers.leave(self.inbox)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.close(4400)

    async def _tell(self, allowed: May) -> None:
        assert self.inbox is not None  # joined before
        told = 0
        while True:
            await self.send(text_data=await self.inbox.get())
            told += 1
            if told % RECHECK == 0 and await database_sync_to_async(self._allowed)() != allowed:
                await self.close(4403)
                return

    def _allowed(self) -> May | None:
        """What whoever opened this may steer now; None when they may not even watch (any more)."""
        scope = cast(Mapping[str, Any], self.scope)
        user = scope.get("user")
        if user is None or not user.is_authenticated or not still_welcome(scope):
            return None
        fresh = get_user_model().objects.filter(pk=user.pk).first()  # an instance keeps its permissions
        return may(fresh) if fresh is not None and sees(fresh) else None
