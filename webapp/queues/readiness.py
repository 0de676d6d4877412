"""Whether this process can serve: each thing that it needs, tried now, with how long that took."""

import asyncio
import logging
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from webapp.catalogue.selectors import is_empty
from webapp.queues.models import Worker
from webapp.queues.selectors import workers

logger = logging.getLogger("tessera.health")

PATIENCE = 3.0
"""Seconds after which something that does not answer counts as away."""
_seen: set[str] = set()
"""What stays true once it was."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was tried: whether it went well, and how long it took."""

    ok: bool
    milliseconds: float
    says: str = ""

    def as_json(self) -> dict[str, bool | float | str]:
        """As the page shows it."""
        shown: dict[str, bool | float | str] = {"ok": self.ok, "milliseconds": self.milliseconds}
        return shown | ({"says": self.says} if self.says else {})


class NotReadyError(Exception):
    """Something is wrong; the message may be shown to anybody."""


def checks() -> dict[str, Check]:
    """Everything that the site needs to answer requests."""
    database = _tried("database", _database)
    found = {"database": database}
    if database.ok:
        found["migrations"] = _tried("migrations", _migrations)
    return found | {"channels": _tried("channels", _channels), "storage": _tried("storage", _storage)}


def workers_here() -> dict[str, int | bool]:
    """Workers by what they do; `ready`: somebody computes, or did when the catalogue was filled."""
    alive = [worker for worker in workers() if worker.alive]
    taking = [worker for worker in alive if not worker.draining]
    return {"alive": len(alive), "taking": len(taking), "ready": bool(taking) and not is_empty()}


def _tried(name: str, act: Callable[[], None]) -> Check:
    began = time.perf_counter()
    try:
        act()
        ok, says = True, ""
    except NotReadyError as error:
        logger.warning("not ready: %s: %s", name, error)
        ok, says = False, str(error)
    except Exception:
        logger.warning("not ready: %s", name, exc_info=True)
        ok, says = False, "does not answer; the log says why"
    return Check(ok, round(1000 * (time.perf_counter() - began), 1), says)


def _database() -> None:
    """A write that changes nothing: a read-only or locked database fails here."""
    sqlite = connection.vendor == "sqlite"
    if sqlite:
        _sqlite_patience(PATIENCE)
    try:
        with transaction.atomic():
            Worker.objects.filter(pk="").update(host="")
    finally:
        if sqlite:
            _sqlite_patience(float(settings.DATABASES["default"].get("OPTIONS", {}).get("timeout", 5)))


def _sqlite_patience(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")


def _migrations() -> None:
    if "migrations" in _seen:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError("there are migrations that were not applied")
    _seen.add("migrations")


def _channels() -> None:
    layer = get_channel_layer()
    assert layer is not None  # settings always name one

    async def send() -> None:
        await asyncio.wait_for(layer.group_send("ready", {"type": "ready"}), PATIENCE)

    async_to_sync(send)()


def _storage() -> None:
    """A file is written where results go, and there is room for more."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.exists("ready")
        return
    folder = Path(default_storage.location)
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".draft-ready-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(b"ready")
    finally:
        probe.unlink(missing_ok=True)
    left = shutil.disk_usage(folder).free
    if left < settings.LEAST_FREE_BYTES:
        least = settings.LEAST_FREE_BYTES
        raise NotReadyError(f"{left / 2**20:,.0f} MiB are left for results; it needs {least / 2**20:,.0f} MiB")
