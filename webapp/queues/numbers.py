"""What this web process counts of itself: requests, how long they took, sockets that are open."""

import time
from collections.abc import MutableMapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Gauge, Histogram

from webapp.common.middleware import Middleware
from webapp.config.static import Application, Receive, Scope, Send

REQUESTS = Counter("tessera_http_requests", "Requests that Django answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "tessera_http_request_seconds",
    "Time from the first middleware to the answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10),
)
SOCKETS = Gauge("tessera_sockets_open", "Sockets that were accepted and are open.")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BEGAN = "tessera.began"


class Requests(Middleware):
    """Counts each request by its route, never by its address: addresses are without number, and hold secrets."""

    def before(self, request: HttpRequest) -> None:
        request.META[BEGAN] = time.perf_counter()

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        method = request.method if request.method in METHODS else "other"
        route = request.resolver_match.route if request.resolver_match else "none"
        REQUESTS.labels(method, route, response.status_code).inc()
        SECONDS.labels(method, route).observe(time.perf_counter() - request.META[BEGAN])
        return response


class Sockets:
    """Counts the sockets that the application behind it has accepted, until they are gone."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = False

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal accepted
            if message["type"] == "websocket.accept" and not accepted:
                accepted = True
                SOCKETS.inc()
            await send(message)

        try:
            await self.application(scope, receive, watched)
        finally:
            if accepted:
                SOCKETS.dec()
