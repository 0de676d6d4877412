"""A database that is away for a moment costs time, not a result."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from webapp.runs.work import LEASE

logger = logging.getLogger("tessera.patience")

AWAY = (OperationalError, InterfaceError)
"""What a database says that cannot be reached or is locked."""

_FIRST, _LONGEST = 0.2, 2.0
"""Seconds between two tries, doubled each time up to the longest."""


Answer = TypeVar("Answer")


def patiently(act: Callable[[], Answer], *, seconds: float = LEASE) -> Answer:
    """Act, again and again while the database cannot be reached or is locked; its error after so many seconds.

    What is written down is written in one transaction that holds the lease, so that trying again does it once.
    """
    deadline = time.monotonic() + seconds
    pause = _FIRST
    while True:
        try:
            return act()
        except AWAY:
            if time.monotonic() + pause > deadline:
                raise
            logger.warning("the database is away; trying again in %.1f s", pause, exc_info=True)
            connection.close()
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST)
