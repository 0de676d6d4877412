"""A socket of somebody, for tests (channels' own helper wants daphne to be installed)."""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

from webapp.common.owners import COOKIE
from webapp.config.asgi import application
from workers.contract import Event

PATIENCE = 5


class Socket:
    """A socket on `/ws/runs/{run}`, or on a whole path, opened and closed around its use."""

    def __init__(self, run: str, owner: str | None = None, **headers: str) -> None:
        lines = [(b"host", b"testserver")]
        if owner is not None:
            lines.append((b"cookie", f"{COOKIE}={owner}".encode()))
        lines += [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "websocket",
            "path": run if run.startswith("/") else f"/ws/runs/{run}",
            "headers": lines,
            "query_string": b"",
            "subprotocols": [],
        }
        ends: Any = ApplicationCommunicator  # asgiref's helper has no types
        self._ends = ends(application, scope)

    async def opened(self) -> tuple[bool, int | None]:
        """Whether it was accepted, or with which code it was refused."""
        await self._ends.send_input({"type": "websocket.connect"})
        message = await self.message()
        if message["type"] == "websocket.close":
            await self.close()
            return False, message["code"]
        return True, None

    async def message(self) -> dict[str, Any]:
        """The next message of the server."""
        message: dict[str, Any] = await self._ends.receive_output(PATIENCE)
        return message

    async def event(self) -> Event:
        """The next event."""
        return Event.model_validate(json.loads((await self.message())["text"]))

    async def silent(self) -> bool:
        """Whether nothing comes for a moment."""
        return bool(await self._ends.receive_nothing(timeout=0.1))

    async def say(self, text: str) -> None:
        """Talk to the server."""
        await self._ends.send_input({"type": "websocket.receive", "text": text})

    async def close(self) -> None:
        """Leave."""
        await self._ends.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._ends.wait(PATIENCE)

    async def __aenter__(self) -> "Socket":
        accepted, _ = await self.opened()
        assert accepted
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
