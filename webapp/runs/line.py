"""The line before a queue: how many jobs are ahead of each queued one, and for how long.

Hundreds of sockets ask for it every few seconds: one look at the table a second serves a whole process.
"""

import threading
import time
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from webapp.queues.selectors import alive_workers, is_paused
from webapp.runs.models import ACTIVE, Job, State
from webapp.runs.order import waiting

FRESH = 1.0
"""Seconds for which a look at the table counts."""

Held = Literal["paused", "no-worker"]


@dataclass(frozen=True, slots=True)
class Place:
    """How many jobs are ahead, and the seconds until a worker is free: None where that is not known."""

    ahead: int
    seconds: float | None


@dataclass(frozen=True)
class Line:
    """A queue as it stood a moment ago. `held` says why nothing of it starts; `rest` is of jobs that run."""

    held: Held | None
    places: dict[str, Place]
    rest: dict[str, float | None]
    ends: list[tuple[int, float]] = field(default_factory=list)
    before: list[float | None] = field(default_factory=list)

    def place_at(self, priority: int, turn: float) -> Place:
        """Where a job of this priority and turn would come."""
        ahead = bisect_right(self.ends, (-priority, turn))
        return Place(ahead, self.before[ahead])


_looked: dict[str, tuple[float, Line]] = {}
_lock = threading.Lock()


def line(queue: str, *, of: Collection[str] = ()) -> Line:
    """The line before a queue; looked at anew when one of the jobs `of` is not known to be in it."""
    with _lock:  # who comes while somebody looks waits for that look
        at, known = _looked.get(queue, (0.0, None))
        fresh = known is not None and time.monotonic() - at < FRESH
        if known is None or not fresh or any(pk not in known.places for pk in of):
            known = _look(queue)
            _looked[queue] = (time.monotonic(), known)
        return known


def places(job_ids: Collection[str]) -> dict[str, Place]:
    """The places of those among these jobs that are queued."""
    wanted = dict(Job.objects.filter(pk__in=job_ids, state=State.QUEUED).values_list("pk", "queue"))
    found: dict[str, Place] = {}
    for queue in set(wanted.values()):
        mine = [pk for pk in wanted if wanted[pk] == queue]
        known = line(queue, of=mine).places
        found |= {pk: known[pk] for pk in mine if pk in known}
    return found


def positions(job_ids: Collection[str]) -> dict[str, int]:
    """How many jobs are ahead of each of these in its queue (those that are not queued are left out)."""
    return {pk: place.ahead for pk, place in places(job_ids).items()}


def rest_of(job: Job) -> float | None:
    """Seconds until a job that runs is expected to end: 0 when it takes longer than that, None when unknown."""
    return _rest((job.cost or {}).get("expected"), job.started, timezone.now())


def _rest(expected: float | None, started: datetime | None, now: datetime) -> float | None:
    if expected is None:
        return None
    return max(0.0, expected - ((now - started).total_seconds() if started else 0.0))


def _look(queue: str) -> Line:
    now = timezone.now()
    alive = len(alive_workers(queue))
    held: Held | None = "paused" if is_paused(queue) else None if alive else "no-worker"
    running = _rows(Job.objects.filter(queue=queue, state__in=ACTIVE))
    rest = {pk: _rest(expected, started, now) for pk, _, _, started, _, expected in running}
    shared = {content for _, _, _, _, content, _ in running if content}
    queued = list(_rows(waiting(queue)))
    usual = _usual([expected for *_, expected in [*running, *queued]])
    ahead = sum(_known(seconds, usual) for seconds in rest.values())
    ends, before, found = [], [], {}
    for count, (pk, priority, turn, _, content, expected) in enumerate(queued):
        seconds = None if held or (usual is None and (count or rest)) else ahead / max(1, alive)
        if not count and len(rest) < alive and not held:
            seconds = 0.0
        found[pk] = Place(count, seconds)
        ends.append((-priority, turn))
        before.append(seconds)
        ahead += 0.0 if content in shared else _known(expected, usual)
        shared |= {content} if content else set()
    last = None if held or (usual is None and (queued or rest)) else ahead / max(1, alive)
    idle = not queued and len(rest) < alive and not held
    return Line(held, found, rest, ends, [*before, 0.0 if idle else last])


def _rows(jobs: Any) -> "list[tuple[str, int, float, datetime | None, str, float | None]]":
    expected = KeyTransform("expected", "cost")
    return list(jobs.values_list("pk", "priority", "turn", "started", "content", expected))


def _usual(seconds: list[float | None]) -> float | None:
    """What a job of which nothing is known is taken for: the mean of those of which something is."""
    known = [value for value in seconds if value is not None]
    return sum(known) / len(known) if known else None


def _known(seconds: float | None, usual: float | None) -> float:
    return seconds if seconds is not None else usual or 0.0
