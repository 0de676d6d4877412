"""The size of a request's body, and the time it takes, are checked while it arrives, before anything is kept of it."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from django.conf import settings

from webapp.common.errors import refuse
from webapp.config.early import refuse_early
from webapp.config.static import Application, Receive, Scope, Send
from workers.contract import Refusal

SECONDS = 60.0
"""How long a body may take to arrive; a server that waits for ever can be kept waiting by anybody."""


class BodyLimit:
    """413 for a body over the limit, announced or not, 408 for one that does not come; both problem documents."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        limit = _limit(scope["path"])
        if (announced := _announced(scope)) > limit:
            await refuse_early(send, _too_large(limit, announced))
            return
        body = _Body(receive, limit)
        started = False

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        await self.application(scope, body.receive, watched)
        if body.refusal is not None and not started:
            await refuse_early(send, body.refusal)


class _Body:
    """Hands on what arrives; once it is too much or too late, the person has left as far as Django can tell."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.refusal: Refusal | None = None
        self._receive = receive
        self._limit = limit
        self._seen = 0
        self._whole = False
        self._until = asyncio.get_running_loop().time() + SECONDS

    async def receive(self) -> MutableMapping[str, Any]:
        if self._whole:
            return await self._receive()  # until the person leaves
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self.refusal = _too_slow(self._seen)
            return {"type": "http.disconnect"}
        self._seen += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._seen > self._limit:
            self.refusal = _too_large(self._limit, self._seen)
            return {"type": "http.disconnect"}
        return message


def _limit(path: str) -> int:
    limits = settings.LIMITS
    file = max(limits.image_bytes, limits.table_bytes, limits.logprobs_bytes)
    return int(file + 64 * 1024 if path == "/api/sources" else limits.body_bytes)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0


def _too_large(limit: int, value: int) -> Refusal:
    detail = f"The request holds {value} bytes; the limit is {limit}."
    return refuse("body-too-large", detail, limit=limit, value=value)


def _too_slow(seen: int) -> Refusal:
    detail = f"The request's body did not arrive within {SECONDS:.0f} seconds; {seen} bytes of it came."
    return refuse("body-too-slow", detail, limit=SECONDS)
