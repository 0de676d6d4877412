"""Static files in front of Django: found once by the finders, served by WhiteNoise's responders over ASGI."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol, cast

import anyio.to_thread
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.base import WhiteNoise  # type: ignore[import-untyped]

from webapp.common.headers import headers_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HASHED = re.compile(r"/assets/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
"""Vite's hashed names: what they answer never changes."""
CHUNK = 64 * 1024


class _Response(Protocol):
    status: Any
    headers: list[tuple[str, str]]
    file: Any


class StaticFiles:
    """Answers below STATIC_URL from a table of known files; no path of a request ever touches the disk."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.known = WhiteNoise(None, max_age=60, allow_all_origins=False, immutable_file_test=HASHED.pattern)
        self.scan()

    def scan(self) -> None:
        """Find every file that the apps and the built frontend offer."""
        for finder in get_finders():
            for path, storage in finder.list([".*", "*~"]):
                self.known.add_file_to_dictionary(f"{settings.STATIC_URL}{path}", cast(Any, storage).path(path))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(settings.STATIC_URL):
            await self.application(scope, receive, send)
            return
        if settings.DEBUG and scope["path"] not in self.known.files:
            await anyio.to_thread.run_sync(self.scan)
        file = self.known.files.get(scope["path"])
        if file is None:
            await self.application(scope, receive, send)
            return
        headers = {
            f"HTTP_{name.decode('latin1').upper().replace('-', '_')}": value.decode("latin1")
            for name, value in scope["headers"]
        }
        await _answer(file.get_response(scope["method"], headers), headers_of(scope["path"]), send)


async def _answer(response: _Response, more: dict[str, str], send: Send) -> None:
    lines = [*response.headers, *more.items()]
    headers = [(name.lower().encode(), value.encode()) for name, value in lines]
    await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
    if response.file is not None:
        try:
            while chunk := await anyio.to_thread.run_sync(response.file.read, CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            response.file.close()
    await send({"type": "http.response.body", "body": b""})
