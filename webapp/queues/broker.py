"""Whether Redis answers, and since when it does not."""

from datetime import datetime
from typing import TypedDict

import redis
from django.conf import settings
from django.utils import timezone

PATIENCE = 0.5
"""Seconds to wait for Redis: the page must not hang with it."""


class Broker(TypedDict):
    """`used`: there is one at all. `since`: when it was first seen not to answer."""

    used: bool
    answers: bool
    since: datetime | None


_silent: dict[str, datetime] = {}


def state() -> Broker:
    """Ask Redis; what does not answer is remembered with the moment when this process noticed it."""
    url = settings.REDIS_URL
    answers = not url or _ping(url)
    if answers:
        _silent.pop(url, None)
    else:
        _silent.setdefault(url, timezone.now())
    return {"used": bool(url), "answers": answers, "since": _silent.get(url)}


def _ping(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
