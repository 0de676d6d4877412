"""Refusals before Django has seen a request: of bodies that are too large or too slow, of NUL characters."""

from webapp.common.errors import refuse
from webapp.common.headers import headers_of
from webapp.common.problems import CONTENT_TYPE
from webapp.config.static import Application, Receive, Scope, Send
from workers.contract import Refusal

UNREADABLE = 4400
"""The code with which a socket is refused whose address cannot be read."""
NOWHERE = 4404
"""The code with which a socket is refused that leads nowhere."""


async def refuse_early(send: Send, refusal: Refusal) -> None:
    """Answer with the problem document, and let the connection go: the rest of the request is not read."""
    body = refusal.problem().model_dump_json().encode()
    headers = [
        (b"content-type", CONTENT_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *((name.lower().encode(), said.encode()) for name, said in headers_of("/api/").items()),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class NoNul:
    """Refuses a NUL in an address, a query or a cookie: no row is named so, and PostgreSQL fails at the question."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"} or not _has_nul(scope):
            await self.application(scope, receive, send)
        elif scope["type"] == "http":
            await refuse_early(send, refuse("bad-request", "The address or a cookie holds a NUL character (U+0000)."))
        else:
            await receive()
            await send({"type": "websocket.close", "code": UNREADABLE})


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """The socket of every address that no route names; without one the router would fail, which is a 500."""
    await receive()
    await send({"type": "websocket.close", "code": NOWHERE})


def _has_nul(scope: Scope) -> bool:
    cookies = b"".join(value for name, value in scope["headers"] if name == b"cookie")
    return "\0" in scope["path"] or b"%00" in scope["query_string"] or b"\\000" in cookies
