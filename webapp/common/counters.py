"""How often something happened lately: counters in Redis that every web process shares, in memory where there is none.

The windows slide. Most are approximate, two numbers a key, kept by Redis's own clock; the exact ones remember each
hit, for what is rare and whose pauses must be told truly.
"""

import functools
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

ANSWER_SECONDS = 0.5
"""How long a counter may take; a request waits no longer for it."""
REST_SECONDS = 2.0
"""How long a Redis that did not answer is not asked again: requests do not queue up behind its silence."""
PREFIX = "tessera.limits"


class AwayError(Exception):
    """The shared counters do not answer."""


@dataclass(frozen=True, slots=True)
class Over:
    """A limit that is used up: how much was allowed within how many seconds, and in how many one may try again."""

    amount: int
    window: int
    wait: int


class Counters:
    """Counts hits against limits. AwayError from every method while the storage does not answer."""

    def __init__(self, storage: MemoryStorage | RedisStorage) -> None:
        self._storage = storage
        self._limiters: dict[bool, RateLimiter] = {
            False: SlidingWindowCounterRateLimiter(storage),
            True: MovingWindowRateLimiter(storage),
        }
        self._silent_until = 0.0

    def hit(self, rates: Sequence[RateLimitItem], *key: str, exact: bool = False) -> Over | None:
        """Count one more against every rate; the first one that it would exceed, and then nothing more is counted."""
        return next((over for rate in rates if (over := self._asked(self._hit, rate, key, exact))), None)

    def full(self, rate: RateLimitItem, *key: str) -> Over | None:
        """Whether one more would exceed the rate, without counting it."""
        over: Over | None = self._asked(self._full, rate, key)
        return over

    def run(self, script: str, key: str, *arguments: str | int) -> int | None:
        """What a Lua script answers on Redis; None where there is no Redis."""
        if isinstance(self._storage, MemoryStorage):
            return None
        connection: Any = self._storage.get_connection()
        return int(self._asked(connection.eval, script, 1, f"{PREFIX}:{key}", *arguments))

    def forget(self) -> None:
        """Start again from zero."""
        self._storage.reset()

    def _hit(self, rate: RateLimitItem, key: tuple[str, ...], exact: bool) -> Over | None:
        return None if self._limiters[exact].hit(rate, *key) else self._over(rate, key, exact)

    def _full(self, rate: RateLimitItem, key: tuple[str, ...]) -> Over | None:
        return None if self._limiters[False].test(rate, *key) else self._over(rate, key, False)

    def _over(self, rate: RateLimitItem, key: tuple[str, ...], exact: bool) -> Over:
        reset = self._limiters[exact].get_window_stats(rate, *key).reset_time
        window = rate.get_expiry()
        return Over(rate.amount, window, min(window, max(1, math.ceil(reset - time.time()))))

    def _asked(self, act: Any, *arguments: Any) -> Any:
        if time.monotonic() < self._silent_until:
            raise AwayError
        try:
            return act(*arguments)
        except RedisError as error:
            self._silent_until = time.monotonic() + REST_SECONDS
            raise AwayError from error


_making = threading.Lock()


@functools.cache
def _made(url: str) -> Counters:
    if not url:
        return Counters(MemoryStorage())
    options: dict[str, Any] = {
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), 1),
    }
    return Counters(RedisStorage(url, key_prefix=PREFIX, **options))


def shared() -> Counters:
    """The counters of the whole site: in the Redis that REDIS_URL names, else in this process."""
    with _making:
        return _made(settings.REDIS_URL)


def own() -> Counters:
    """Counters of this process alone, for what must be bounded even while Redis is away."""
    with _making:
        return _made("")
