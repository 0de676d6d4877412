"""The line before a queue: how many jobs are ahead of each queued one, and for how long.

Hundreds of sockets ask for it every few seconds: one look at the table a second serves a whole process.
"""

import threading
import time
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
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
    found: dict[str, Prospect] = {}
    known: dict[str, Line] = {}
    of = {job.pk: job for job in jobs if job.state in OPEN}
    for queue in {job.queue for job in of.values()}:
        known[queue] = line(
            queue, of=[pk for pk, job in of.items() if job.queue == queue and job.state == State.QUEUED]
        )
    for pk, job in of.items():
        before = known[job.queue]
        place = before.places.get(pk) if job.state == State.QUEUED else None
        if place is not None:
            found[pk] = Prospect(position=place.ahead, wait=place.seconds, held=before.held, shared=place.shared)
        elif job.state != State.QUEUED:
            found[pk] = Prospect(rest=_rest(expected_of(job), job.started, timezone.now()))
    return found


def expected_of(job: Job) -> float | None:
    """How many seconds a job was expected to take when it was asked for; None where nothing was known."""
    return (job.cost or {}).get("expected")
