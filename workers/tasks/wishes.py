"""Beside the computing thread: renews the lease, learns what the person wishes, and sends what has gathered."""

import contextvars
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Literal

from django.conf import settings
from django.db import connections

from webapp.runs import sweeper, work
from workers.tasks import child, memory

logger = logging.getLogger("tessera.wishes")

TICK = 0.1
ASK_EVERY = 0.3
RENEW_EVERY = settings.LEASE_SECONDS / 6


class Wishes:
    """While it is entered, a thread asks the job's row; `control` answers from what it last said."""

    def __init__(self, lease: work.Lease, gathered: Callable[[], None]) -> None:
        self._lease = lease
        self._gathered = gathered
        self._wish: Literal["go", "stop", "cancel"] = "go"
        self._given_up: float | None = None
        self._parent, self._worker = os.getppid(), child.name()
        self.held: int | None = None
        """Bytes that this process held when it heard that the job is cancelled."""
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=contextvars.copy_context().run, args=(self._run,), name=f"wishes-{lease.job}", daemon=True
        )

    def control(self) -> Literal["go", "stop", "cancel"]:
        """Go on, stop generating, or give up the job."""
        return self._wish

    def give_up(self) -> None:
        """Somebody else holds the job: end as if it were cancelled."""
        self._wish = "cancel"
        self._given_up = self._given_up or time.monotonic()

    def __enter__(self) -> "Wishes":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        asked = renewed = time.monotonic()
        try:
            while not self._over.wait(TICK):
                now = time.monotonic()
                self._end_unwatched(now)
                try:
                    self._gathered()
                    if now - asked >= ASK_EVERY:
                        asked = now
                        self._ask()
                    if now - renewed >= RENEW_EVERY:
                        renewed = now
                        work.job_renew(lease=self._lease)
                except work.LeaseLost:
                    self.give_up()
                except Exception:  # the database may be back at the next tick; the lease says who is right
                    logger.warning("job %s: its row could not be read", self._lease.job, exc_info=True)
        finally:
            connections.close_all()

    def _end_unwatched(self, now: float) -> None:
        """End this process where nobody else would."""
        if os.getppid() != self._parent:
            try:
                sweeper.recover(worker=self._worker, how="left by its parent")
            finally:
                child.end(f"its parent died while it computed job {self._lease.job}")
        if self._given_up is not None and now - self._given_up >= sweeper.PATIENCE:
            child.end(f"job {self._lease.job} was taken away, and its method does not listen")

    def _ask(self) -> None:
        cancelling, stopping = work.job_wishes(lease=self._lease)
        if cancelling and self._wish != "cancel":
            self.held = memory.held()
        if self._wish != "cancel":
            self._wish = "cancel" if cancelling else "stop" if stopping else "go"
