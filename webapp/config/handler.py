"""Django behind ASGI: a request runs from its first middleware to its view in one thread of a small pool.

Django's own way hands each synchronous middleware to a thread and comes back, some fifteen times a request, in a
thread made for that request; on a busy machine each change of threads costs a wait.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

THREADS = 16


class Handler(ASGIHandler):
    """The whole chain of middlewares is synchronous, as all views are; an asynchronous view would work, too."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        respond: Any = sync_to_async(self._respond, thread_sensitive=False, executor=self._threads)
        response: HttpResponseBase = await respond(request)
        return response

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        finally:
            close_old_connections()  # those of this thread, where Django's own signal does not come by
