"""The same doors for sockets: tokens, scopes, and a house that is closed to strangers."""

from collections.abc import Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from webapp.accounts.doors import HELD, bearer
from webapp.accounts.models import Token
from webapp.accounts.scopes import scope_for
from webapp.accounts.tokens import token_of, token_used
from webapp.config.static import Application, Receive, Scope, Send

LOGIN_REQUIRED = 4401
FORBIDDEN = 4403


def guarded(inner: Application) -> Application:
    """`inner` behind tokens, sessions, and the closed door."""
    return SocketBearer(cast(Application, AuthMiddlewareStack(SocketDoors(inner))))


class SocketBearer:
    """A token decides alone; one that opens nothing closes the socket with 4401."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        found = next((value for name, value in headers if name == b"authorization"), None)
        secret = bearer(found.decode("latin1")) if found is not None else None
        if secret is not None:
            token = await database_sync_to_async(_token)(secret)
            if token is None:
                await _refuse(LOGIN_REQUIRED, receive, send)
                return
            if (needed := scope_for("GET", scope["path"].lstrip("/"))) is None or not token.may(needed):
                await _refuse(FORBIDDEN, receive, send)
                return
            scope = {**scope, HELD: token, "headers": [pair for pair in headers if pair[0] != b"cookie"]}
        await self.inner(scope, receive, send)


class SocketDoors:
    """Asks as the token's account; a closed house closes with 4401 on everybody unknown."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token: Token | None = scope.get(HELD)
        if token is not None:
            scope = {**scope, "user": token.account}
        if settings.REQUIRE_LOGIN and not scope["user"].is_authenticated:
            await _refuse(LOGIN_REQUIRED, receive, send)
            return
        await self.inner(scope, receive, send)


def still_welcome(scope: Mapping[str, Any]) -> bool:
    """Whether what opened a socket still would: the token is open, the session was not ended. Asks the database."""
    token: Token | None = scope.get(HELD)
    if token is not None:
        now = Token.objects.select_related("account").filter(pk=token.pk).first()
        return now is not None and now.open and now.account.is_active
    if "session" not in scope or not scope["user"].is_authenticated:
        return True
    engine: Any = import_module(settings.SESSION_ENGINE)
    again = SimpleNamespace(session=engine.SessionStore(scope["session"].session_key))
    return bool(get_user(cast(HttpRequest, again)).is_authenticated)


def _token(secret: str) -> Token | None:
    token = token_of(secret)
    if token is not None:
        token_used(token=token)
    return token


async def _refuse(code: int, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": code})
