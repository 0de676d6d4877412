"""How many sockets somebody opens and holds: a seat each, kept while its heart beats, free when it stops."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from asgiref.sync import sync_to_async
from limits import RateLimitItemPerMinute

from webapp.common import counters
from webapp.common.counters import AwayError
from webapp.common.owners import address_of_scope, owner_of_scope
from webapp.limits.selectors import limits_of
from webapp.limits.throttle import key_of

TOO_MANY = 4429
"""The code with which a socket is refused, as 429 is of requests."""
STALE = 30
"""Seconds after which the seat of a socket that nobody keeps is free: its web process has died."""
TAKE = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[3]))
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
LEAVE = "return redis.call('ZREM', KEYS[1], ARGV[1])"
_here: dict[str, dict[str, float]] = {}
_changing = threading.Lock()


class Seat:
    """The seat of one socket, named by its channel."""

    def __init__(self, scope: Mapping[str, Any], name: str) -> None:
        self._scope = scope
        self._name = name
        self._key = ""
        self._most = 0

    async def take(self) -> bool:
        """Whether there is one, and the socket is not the umpteenth within a minute."""
        return await sync_to_async(self._take)()

    async def keep(self) -> None:
        """The socket still lives."""
        await sync_to_async(self._sit)()

    async def leave(self) -> None:
        """The socket is closed."""
        await sync_to_async(self._leave)()

    def _take(self) -> bool:
        owner, address = owner_of_scope(self._scope), address_of_scope(self._scope)
        limits = limits_of(owner, address)
        key, self._most = key_of(owner, address), limits.open_sockets
        try:
            if counters.shared().hit([RateLimitItemPerMinute(limits.sockets_per_minute)], "sockets", key):
                return False
        except AwayError:
            return owner.account is not None
        self._key = key
        return self._sit()

    def _sit(self) -> bool:
        if not self._key:
            return True
        try:
            seated = counters.shared().run(TAKE, f"seats:{self._key}", self._name, self._most, STALE)
        except AwayError:
            return True
        return _sit_here(self._key, self._name, self._most) if seated is None else bool(seated)

    def _leave(self) -> None:
        try:
            if self._key and counters.shared().run(LEAVE, f"seats:{self._key}", self._name) is None:
                _leave_here(self._key, self._name)
        except AwayError:
            pass  # the seat gets stale


def _sit_here(key: str, name: str, most: int) -> bool:
    """The same without Redis."""
    with _changing:
        now = time.monotonic()
        seats = {one: kept for one, kept in _here.get(key, {}).items() if kept > now - STALE}
        seated = name in seats or len(seats) < most
        _here[key] = seats | {name: now} if seated else seats
        return seated


def _leave_here(key: str, name: str) -> None:
    with _changing:
        _here.get(key, {}).pop(name, None)
        if not _here.get(key):
            _here.pop(key, None)
