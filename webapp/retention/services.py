"""Deleting what is kept no longer, in bounded batches, and writing down what was deleted."""

import logging
import time
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from webapp.audit.services import record
from webapp.retention import orphans
from webapp.retention.due import KINDS, Kind
from webapp.retention.models import Cleaning
from webapp.runs.contents import is_kept
from webapp.runs.models import Result, State

logger = logging.getLogger("tessera.retention")

TASK = "tessera.clean"
EVERY = 3600
"""Seconds of one slot: however many schedulers and workers there are, each slot is cleaned once."""
SECONDS = 60.0
"""What one round may take: the worker that does it computes nothing meanwhile."""
BATCH = 50
"""Rows of one transaction."""
NAMED = 200
"""Runs that an entry of the log names at most."""
LOOKED_AT = 500
"""Results of one round of which is looked whether their file is there."""


def clean_slot(*, worker: str) -> Cleaning | None:
    """Clean for the present hour; None when somebody did, or is at it."""
    slot = int(time.time() // EVERY)
    try:
        with transaction.atomic():
            cleaning = Cleaning.objects.create(slot=slot, worker=worker)
    except IntegrityError:
        return None
    return _clean(cleaning)


def clean_now(*, worker: str) -> Cleaning:
    """Clean because somebody asked for it."""
    return _clean(Cleaning.objects.create(worker=worker))


def _clean(cleaning: Cleaning) -> Cleaning:
    until = time.monotonic() + SECONDS
    for kind in KINDS:
        _tally(cleaning, kind.name, _delete(kind, until, cleaning))
    files = 0
    for name in orphans.orphans(until):
        freed = orphans.orphan_remove(name)
        cleaning.bytes += freed
        files += freed > 0
    _tally(cleaning, "files", files)
    _tally(cleaning, "missing", _missing())
    cleaning.left = time.monotonic() > until
    cleaning.finished = timezone.now()
    cleaning.save()
    if cleaning.counts:
        record(None, "clean", cleaning, {"counts": cleaning.counts, "bytes": cleaning.bytes})
        logger.info("deleted %s; %d bytes of files", cleaning.counts, cleaning.bytes)
    return cleaning


def _tally(cleaning: Cleaning, name: str, count: int) -> None:
    if count:
        cleaning.counts[name] = cleaning.counts.get(name, 0) + count


def _delete(kind: Kind, until: float, cleaning: Cleaning) -> int:
    """Delete what is due of a kind, asking again in each transaction whether it still is."""
    count = 0
    while time.monotonic() < until:
        with transaction.atomic():
            due = kind.due()
            ids = list(due.values_list("pk", flat=True)[:BATCH])
            if not ids:
                return count
            due.order_by().filter(pk__in=ids).delete()
        if kind.name in ("runs", "account_runs"):
            cleaning.runs = [*cleaning.runs, *ids][:NAMED]
        count += len(ids)
    return count


def _missing() -> int:
    """Of some finished results chosen at random, those whose file is gone: no further question is answered by them."""
    rows = Result.objects.filter(state=State.DONE).exclude(key="")
    keys = list(rows.order_by("?").values_list("key", flat=True)[:LOOKED_AT])
    lost = [key for key in set(keys) if not is_kept(key)]
    for key in lost:
        logger.error("the file of result %s is gone", key)
    return Result.objects.filter(key__in=lost).update(key="") if lost else 0


@dataclass(frozen=True, slots=True)
class Planned:
    """What a cleaning would delete now of one kind."""

    name: str
    says: str
    kept: str
    count: int
    bytes: int = 0
    variable: str = ""


def plan(seconds: float = 5.0) -> list[Planned]:
    """What would be deleted now, deleting nothing; files are counted for as long as that."""
    rows = [
        Planned(
            kind.name,
            kind.says,
            (f"{kind.days} days" if kind.days > 1 else "1 day") if kind.days else "for ever",
            kind.due().count(),
            variable=kind.variable,
        )
        for kind in KINDS
    ]
    sizes = [size for name in orphans.orphans(time.monotonic() + seconds) if (size := orphans.size_if_old(name))]
    grace = f"{orphans.GRACE.days} day"
    return [
        *rows,
        Planned(
            "files",
            "Files that nothing refers to, counted from when anybody last kept the same content",
            grace,
            len(sizes),
            sum(sizes),
        ),
    ]
