"""Heartbeats of many sockets from one look at the database: a quarter of a second's worth of them at a time."""

import asyncio
from collections.abc import Collection
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from webapp.runs.line import prospects
from webapp.runs.models import OPEN, Job, Run
from workers.contract import Event

GATHER = 0.25
"""Seconds for which the first socket of a batch waits for others."""


def look(run_ids: Collection[str]) -> dict[str, Event]:
    """A heartbeat for each of these runs that there is: its latest number, and when its jobs begin or end."""
    found = dict(Run.objects.filter(pk__in=run_ids).values_list("pk", "seq"))
    jobs = list(Job.objects.filter(run__in=found, state__in=OPEN))
    told = prospects(jobs) if jobs else {}
    events: dict[str, Event] = {}
    for run, seq in found.items():
        mine = {job.pk: told[job.pk].model_dump() for job in jobs if job.run_id == run and job.pk in told}
        events[run] = Event(seq=seq, run=run, kind="heartbeat", data={"prospects": mine})
    return events


class Pulse:
    """The heartbeats of one event loop."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._batch: asyncio.Task[dict[str, Event]] | None = None

    async def of(self, run_id: str) -> Event | None:
        """The next heartbeat of a run; None when the run is gone. DatabaseError."""
        if self._batch is None:
            self._batch = asyncio.create_task(self._gather())
        self._asked.add(run_id)
        events = await asyncio.shield(self._batch)  # a socket that closes leaves the others theirs
        return events.get(run_id)

    async def _gather(self) -> dict[str, Event]:
        await asyncio.sleep(GATHER)
        asked, self._asked, self._batch = self._asked, set(), None
        return await database_sync_to_async(look)(asked)


_pulses: WeakKeyDictionary[asyncio.AbstractEventLoop, Pulse] = WeakKeyDictionary()


async def first_heartbeat(run_id: str) -> Event | None:
    """A heartbeat at once, for a socket that has just opened; None when the run is gone."""
    return (await database_sync_to_async(look)([run_id])).get(run_id)


async def heartbeat(run_id: str) -> Event | None:
    """The next heartbeat of a run, with those of others; None when the run is gone. DatabaseError."""
    return await _pulses.setdefault(asyncio.get_running_loop(), Pulse()).of(run_id)
