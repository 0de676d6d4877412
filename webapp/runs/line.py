"""The line before a queue: how many jobs are ahead of each queued one, and for how long.

Hundreds of sockets ask for it every few seconds: one look at the table a second serves a whole process.
"""

import threading
import time
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from webapp.queues.selectors import alive_workers, is_paused
from webapp.runs.models import ACTIVE, OPEN, Job, State
from webapp.runs.order import waiting
from workers.contract import Held, Prospect

FRESH = 1.0
"""Seconds for which a look at the table counts."""


@dataclass(frozen=True, slots=True)
class Place:
    """How many jobs are ahead, and the seconds until a worker is free: None where that is not known.

    `shared`: the very same is computed for another run; the seconds are those until it is done.
    """

    ahead: int
    seconds: float | None
    shared: bool = False


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


def line(queue: str) -> Line:
    """The line before a queue, as it stood at most `FRESH` seconds ago, or ten times as long as it took to look."""
    with _lock:  # who comes while somebody looks waits for that look
        until, known = _looked.get(queue, (0.0, None))
        began = time.monotonic()
        if known is None or began >= until:
            known = _look(queue)
            now = time.monotonic()
            _looked[queue] = (now + max(FRESH, FRESH and 10 * (now - began)), known)
        return known


def position(job: Job) -> int:
    """How many jobs are ahead of a queued one."""
    return _place(job, line(job.queue)).ahead


def _place(job: Job, before: Line) -> Place:
    """Where a queued job stands; one that came after the look is told by its turn."""
    return before.places.get(job.pk) or before.place_at(job.priority, job.turn)


def _rest(expected: float | None, started: datetime | None, now: datetime) -> float | None:
    if expected is None:
        return None
    return max(0.0, expected - ((now - started).total_seconds() if started else 0.0))


def _look(queue: str) -> Line:
    now = timezone.now()
    alive = len(alive_workers(queue))
    held: Held | None = "paused" if is_paused(queue) else None if alive else "no-worker"
    running = _rows(Job.objects.filter(queue=queue, state__in=ACTIVE))
    rest = {row.pk: _rest(row.expected, row.started, now) for row in running}
    computed = {row.content: rest[row.pk] for row in running if row.content}
    queued = _rows(waiting(queue))
    waits = _Waits([*running, *queued], alive, held)
    for seconds in rest.values():
        waits.add(seconds)
    places: dict[str, Place] = {}
    ends: list[tuple[int, float]] = []
    before: list[float | None] = []
    seen: set[str] = set(computed)
    for count, row in enumerate(queued):
        before.append(waits.seconds)
        ends.append((-row.priority, row.turn))
        twin = row.content in computed
        places[row.pk] = Place(count, computed[row.content] if twin else waits.seconds, twin)
        if row.content not in seen:
            waits.add(row.expected)
            seen |= {row.content} if row.content else set()
    return Line(held, places, rest, ends, [*before, waits.seconds])


class _Waits:
    """Adds up what is ahead: the seconds until one of so many workers is free."""

    def __init__(self, rows: "Sequence[_Row]", workers: int, held: Held | None) -> None:
        known = [row.expected for row in rows if row.expected is not None]
        self._usual = sum(known) / len(known) if known else None
        self._workers, self._held = workers, held
        self._jobs, self._seconds = 0, 0.0

    def add(self, seconds: float | None) -> None:
        """One more job; of one that nothing is known of, the mean of the others is taken."""
        self._jobs += 1
        self._seconds += seconds if seconds is not None else self._usual or 0.0

    @property
    def seconds(self) -> float | None:
        """None while nothing starts, or where there are jobs ahead and nothing is known of any."""
        if self._held:
            return None
        if self._jobs < self._workers:
            return 0.0
        return None if self._usual is None else self._seconds / self._workers


class _Row(NamedTuple):
    pk: str
    priority: int
    turn: float
    started: datetime | None
    content: str
    expected: float | None


def _rows(jobs: QuerySet[Job]) -> list[_Row]:
    expected = KeyTransform("expected", "cost")
    return [_Row(*row) for row in jobs.values_list("pk", "priority", "turn", "started", "content", expected)]


def prospects(jobs: Iterable[Job]) -> dict[str, Prospect]:
    """When each of these jobs begins or ends, as far as it has not ended."""
    return {job.pk: _prospect(job) for job in jobs if job.state in OPEN}


def _prospect(job: Job) -> Prospect:
    if job.state != State.QUEUED:
        return Prospect(rest=_rest(expected_of(job), job.started, timezone.now()))
    before = line(job.queue)
    place = _place(job, before)
    size = max(len(before.places), place.ahead + 1)
    return Prospect(position=place.ahead, line=size, wait=place.seconds, held=before.held, shared=place.shared)


def expected_of(job: Job) -> float | None:
    """How many seconds a job was expected to take when it was asked for; None where nothing was known."""
    return (job.cost or {}).get("expected")
