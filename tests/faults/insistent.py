"""A client's transport that tries again while nobody answers, as a person would, and notes every 5xx."""

import time
from collections.abc import Callable

import httpx

PATIENCE = 60.0
PAUSE = 0.2
TOO_MANY = 429


class Insistent(httpx.BaseTransport):
    """Repeats a request whose connection failed or that came too often; `note` is told of each 5xx.

    What was sent by a request whose answer was lost may have been done: the caller counts by asking.
    """

    def __init__(self, note: Callable[[str], None], patience: float = PATIENCE) -> None:
        self._inner = httpx.HTTPTransport()
        self._note = note
        self._patience = patience

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The first answer that came whole; the last failure once the patience is over."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                response = self._inner.handle_request(request)
                response.read()
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if response.status_code >= 500:
                    self._note(f"{request.method} {request.url.path}: {response.status_code} {response.text[:300]}")
                if response.status_code != TOO_MANY or time.monotonic() > deadline:
                    return response
            time.sleep(PAUSE)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()
