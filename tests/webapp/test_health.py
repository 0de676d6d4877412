"""Health and readiness tell the truth: each thing that is broken is named, and the rest is not blamed for it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError
from django.test import Client
from pytest_django import Settings

from tests.webapp.person import Person
from webapp.queues import readiness
from webapp.queues.services import worker_beat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was found to be so yet."""
    monkeypatch.setattr(readiness, "_seen", set())


def ready(status: int = 200) -> dict[str, Any]:
    """What the page says."""
    answer = Client().get("/readyz")
    assert answer.status_code == status, answer.content
    said: dict[str, Any] = answer.json()
    assert said["ready"] is (status == 200)
    return said


def broken(said: dict[str, Any]) -> set[str]:
    """The checks that failed."""
    return {name for name, check in said["checks"].items() if not check["ok"]}


def test_a_house_that_is_well(person: Person) -> None:
    assert Client().get("/healthz").content == b"ok\n"
    said = ready()
    assert set(said["checks"]) == {"database", "migrations", "channels", "storage"}
    assert all(0 <= check["milliseconds"] < 5000 for check in said["checks"].values())
    assert said["workers"] == {"alive": 0, "taking": 0, "ready": False}
    worker_beat(name="w", queues=["gpu"])
    assert ready()["workers"] == {"alive": 1, "taking": 1, "ready": True}


def test_a_channel_layer_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError("redis at 10.0.0.1 with a password")

    monkeypatch.setattr(readiness, "get_channel_layer", away)
    said = ready(503)
    assert broken(said) == {"channels"}
    assert said["checks"]["channels"]["says"] == "does not answer; the log says why"


def test_a_database_that_takes_no_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(transaction, "atomic", locked)
    said = ready(503)
    assert broken(said) == {"database"}
    assert "migrations" not in said["checks"]
    assert said["workers"] is None


def test_the_patience_of_the_database_is_as_before() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL waits by itself")
    ready()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)


def test_a_migration_that_was_not_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(MigrationExecutor, "migration_plan", lambda *_: ["one"])
        said = ready(503)
    assert broken(said) == {"migrations"}
    assert said["checks"]["migrations"]["says"] == "there are migrations that were not applied"
    ready()


def test_a_full_disk_names_both_numbers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LEAST_FREE_BYTES = 300 * 2**20
    usage = type("Usage", (), {"free": 200 * 2**20})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    said = ready(503)
    assert broken(said) == {"storage"}
    assert said["checks"]["storage"]["says"] == "200 MiB are left for results; it needs 300 MiB"


def test_a_store_that_takes_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "write_bytes", refused)
    assert broken(ready(503)) == {"storage"}
    monkeypatch.undo()
    assert list(Path(default_storage.path("")).glob(".draft-*")) == []
