"""What the admin's front page shows."""

from typing import Any

from django.http import HttpRequest

from webapp.queues.live import OVERVIEW, may, parts, sees
from webapp.queues.overview import overview


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the live page's most telling parts to the admin's front page, for those who may see it."""
    if not sees(request.user):
        return context
    numbers = overview()
    return context | {"at": numbers["at"], "parts": parts(numbers, may(request.user), OVERVIEW).items()}
