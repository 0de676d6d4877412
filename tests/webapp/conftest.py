"""A site for tests: its own files, an empty database, a broker that only writes down what it is told."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from PIL import Image
from pytest_django import Settings

from tests.webapp.cards import publish
from tests.webapp.person import Person
from webapp.config.celery import app
from webapp.runs import line, sweeper
from webapp.runs.watch import Watch

Wakes = list[tuple[str, dict[str, Any]]]
Limited = Callable[..., None]


class Clock:
    """A monotonic clock that goes on when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def house(settings: Settings, tmp_path: Path) -> None:
    """Files go to a folder of the test, news through memory."""
    files = {"BACKEND": "webapp.common.files.AtomicStorage", "OPTIONS": {"location": str(tmp_path / "files")}}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@pytest.fixture(autouse=True)
def wakes(monkeypatch: pytest.MonkeyPatch) -> Wakes:
    """What the broker was told: (task, options)."""
    told: Wakes = []
    monkeypatch.setattr(app, "send_task", lambda name, **options: told.append((name, options)))
    return told


@pytest.fixture(autouse=True)
def commits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In tests that only pretend to commit, what waits for a commit happens at once."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and not marker.kwargs.get("transaction"):
        monkeypatch.setattr(transaction, "on_commit", lambda act: act())


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line before a queue is looked at anew each time."""
    monkeypatch.setattr(line, "FRESH", 0.0)


@pytest.fixture
def catalogue(db: None) -> None:
    """Workers have published what they can run."""
    publish()


@pytest.fixture
def person(catalogue: None) -> Person:
    """Somebody with a browser of their own."""
    return Person(Client())


@pytest.fixture
def stranger(catalogue: None) -> Person:
    """Somebody else."""
    return Person(Client())


@pytest.fixture
def limited(settings: Settings) -> Limited:
    """Sets limits of the house for one test."""

    def change(**limits: int) -> None:
        settings.LIMITS = settings.LIMITS.model_copy(update=limits)

    return change


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which this process tells how long a lease stood still, a job ran, a wish was not heard."""
    made = Clock()
    for watch in ("_leases", "_running", "_unheard"):
        monkeypatch.setattr(sweeper, watch, Watch(made))
    return made


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A small PNG."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), (10, 200, 30)).save(buffer, "PNG")
    return buffer.getvalue()
