"""A middleware for sync and async handlers: a step before, a step after."""

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class Middleware:
    """Base: `before` may answer instead of the view, `after` may change the answer. Neither touches the database."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        early = self.before(request)
        if iscoroutinefunction(self.get_response):
            return self._later(request, early)
        return self.after(request, early or cast(HttpResponseBase, self.get_response(request)))

    async def _later(self, request: HttpRequest, early: HttpResponseBase | None) -> HttpResponseBase:
        if early is None:
            early = await cast(Awaitable[HttpResponseBase], self.get_response(request))
        return self.after(request, early)

    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        """An answer that makes the view unnecessary, or None."""
        return None

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, perhaps changed."""
        return response
