"""Files that no row refers to: left by deleted rows, or by processes that died between a file and its row.

A file is removed only when it is older than a day, counted from when anybody last kept the same content: whoever
writes a row for it just now has touched it before.
"""

import logging
import random
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.utils import timezone

from webapp.common import files
from webapp.retention.models import StripUse
from webapp.runs.contents import result_path, strip_path, strips_of
from webapp.runs.models import Result, State
from webapp.uploads.models import Source

logger = logging.getLogger("tessera.retention")

GRACE = timedelta(days=1)
FRESH = timedelta(seconds=10)
"""Within which somebody who keeps a file has also written its row; what is deleted by its owner waits no longer."""
CHUNK = 400
FOLDERS = ("results", "strips", "sources")


def orphans(until: float) -> Iterator[str]:
    """Names of files that nothing refers to, until time.monotonic() is over that.

    Results come first, because strips are free only after them; their folders in random order, so that none waits
    for ever for a round that is long enough.
    """
    complete = index_strips(until)
    places = ((kind, folder) for kind in FOLDERS for folder in _shuffled(kind))
    for kind, folder in places:
        if time.monotonic() > until:
            return
        if kind == "strips" and not complete:
            continue  # a result that was not looked at yet may need it
        names = default_storage.listdir(f"{kind}/{folder}")[1]
        for start in range(0, len(names), CHUNK):
            chunk = names[start : start + CHUNK]
            used = _used(kind, [PurePosixPath(name).stem for name in chunk])
            yield from (f"{kind}/{folder}/{name}" for name in chunk if PurePosixPath(name).stem not in used)


def size_if_old(name: str) -> int:
    """Bytes of a file that may be removed; 0 if somebody kept it lately, or it is gone."""
    try:
        old = default_storage.get_modified_time(name) < timezone.now() - GRACE
        return int(default_storage.size(name)) if old else 0
    except FileNotFoundError:
        return 0


def orphan_remove(name: str) -> int:
    """Remove a file that nothing refers to, unless somebody kept it lately; the bytes that this freed."""
    freed = files.remove(name, before=timezone.now() - GRACE)
    if freed and name.startswith("results/"):
        StripUse.objects.filter(key=PurePosixPath(name).stem).delete()
    return freed


def forget(*, keys: Iterable[str], sources: Iterable[Source]) -> int:
    """Remove at once the files of results and sources whose rows are gone, where no other row refers to them."""
    before = timezone.now() - FRESH
    freed = sum(_forget_result(key, before) for key in set(keys) if key)
    for source in sources:
        if not Source.objects.filter(sha256=source.sha256).exists():
            freed += files.remove(source.path, before=before)
    return freed


def _forget_result(key: str, before: datetime) -> int:
    if Result.objects.filter(key=key).exists():
        return 0
    freed = files.remove(result_path(key), before=before)
    if not freed:
        return 0
    names = list(StripUse.objects.filter(key=key).exclude(strip="").values_list("strip", flat=True))
    StripUse.objects.filter(key=key).delete()
    for name in names if index_strips(time.monotonic()) else ():
        if not StripUse.objects.filter(strip=name).exists():
            freed += files.remove(strip_path(name), before=before)
    return freed


def index_strips(until: float) -> bool:
    """Write down which strips results of former versions use; whether that is known of all now."""
    while keys := _unindexed():
        if time.monotonic() >= until:
            return False
        for key in keys:
            StripUse.objects.bulk_create(
                [StripUse(key=key, strip=name) for name in ("", *strips_of(key))], ignore_conflicts=True
            )
    return True


def _unindexed() -> list[str]:
    known = StripUse.objects.filter(strip="").values("key")
    rows = Result.objects.filter(state=State.DONE).exclude(key="").exclude(key__in=known)
    return list(rows.order_by().values_list("key", flat=True).distinct()[:CHUNK])


def _shuffled(kind: str) -> list[str]:
    try:
        folders = default_storage.listdir(kind)[0]
    except FileNotFoundError:
        return []
    return random.sample(folders, len(folders))


def _used(kind: str, names: list[str]) -> set[str]:
    """Those of these names that a row refers to."""
    match kind:
        case "results":
            return set(Result.objects.filter(key__in=names).values_list("key", flat=True))
        case "strips":
            return set(StripUse.objects.filter(strip__in=names).values_list("strip", flat=True))
    return set(Source.objects.filter(sha256__in=names).values_list("sha256", flat=True))
