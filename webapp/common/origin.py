"""A request that changes something comes from this site's own pages, or from no browser at all."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase

from webapp.common.errors import refuse
from webapp.common.middleware import Middleware
from webapp.common.problems import refusal_response

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
FOREIGN = 4403
"""The code with which a socket of a foreign page is refused."""


def same_origin(origin: str | None, host: str) -> bool:
    """Whether an Origin header names the host that was asked (or a trusted one); none at all is not a browser's."""
    if origin is None:
        return True
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower()


class SameOrigin(Middleware):
    """403 for unsafe requests to /api from a foreign origin."""

    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.method in SAFE or not request.path.startswith("/api/"):
            return None
        foreign = not same_origin(request.headers.get("Origin"), request.get_host())
        if foreign or request.headers.get("Sec-Fetch-Site") == "cross-site":
            detail = "Another site's page asked for this; only this site's own pages and programs may."
            return refusal_response(refuse("foreign-origin", detail))
        return None


class SocketOrigin:
    """Closes every socket that a foreign page opens, or that names a host we do not answer to, before it is accepted.

    A browser sends cookies with sockets whoever's page opens them, and asks nobody first.
    """

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self.application = application

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[..., Awaitable[None]],
    ) -> None:
        headers = {name: value.decode("latin1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        known = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
        if known and same_origin(headers.get(b"origin"), host):
            await self.application(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": FOREIGN})
