"""The size of a request's body is checked while it arrives, before anything is kept of it."""

import json
from collections.abc import MutableMapping
from typing import Any

from django.conf import settings

from webapp.common.headers import headers_of
from webapp.config.static import Application, Receive, Scope, Send


class BodyLimit:
    """413 with a problem document for a body over the limit, announced or not."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        limit = _limit(scope["path"])
        announced = _announced(scope)
        if announced > limit:
            await _refuse(send, limit, announced)
            return
        started = False
        seen = 0

        async def counted() -> MutableMapping[str, Any]:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            # For Django the person has left, so that it clears away what it kept of the body.
            return {"type": "http.disconnect"} if seen > limit else message

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        await self.application(scope, counted, watched)
        if seen > limit and not started:
            await _refuse(send, limit, seen)


def _limit(path: str) -> int:
    limits = settings.LIMITS
    file = max(limits.image_bytes, limits.table_bytes, limits.logprobs_bytes)
    return int(file + 64 * 1024 if path == "/api/sources" else limits.body_bytes)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0


async def _refuse(send: Send, limit: int, value: int) -> None:
    problem = {
        "type": "/problems/body-too-large",
        "title": "Body too large",
        "status": 413,
        "detail": f"The request holds {value} bytes; the limit is {limit}.",
        "field": None,
        "limit": limit,
        "value": value,
    }
    body = json.dumps(problem).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *((name.lower().encode(), said.encode()) for name, said in headers_of("/api/").items()),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
