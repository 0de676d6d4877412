"""Workers that report themselves, and what the catalogue makes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webapp.cards import methods, models
from tests.webapp.person import Person
from webapp.catalogue.models import Allowed, Method, Model
from webapp.queues.models import Worker
from webapp.queues.services import worker_beat, worker_gone, worker_publish
from workers.contract import Catalogue

pytestmark = pytest.mark.django_db

CATALOGUE = Catalogue(methods=methods(), models=models(), tokenizers=[])


def published(name: str) -> None:
    """The worker tells what it can run, for the allow-list that it was asked for."""
    worker_publish(name=name, catalogue=CATALOGUE, fingerprint=Worker.objects.get(pk=name).asked_for)


def test_a_worker_is_asked_for_its_cards_once_and_when_the_allow_list_changes() -> None:
    assert worker_beat(name="w", queues=["gpu"]) is True
    assert worker_beat(name="w", queues=["gpu"]) is False
    published("w")
    assert worker_beat(name="w", queues=["gpu"]) is False
    row = Allowed.objects.create(key="more", location="/models/more")
    assert worker_beat(name="w", queues=["gpu"]) is True
    published("w")
    assert worker_beat(name="w", queues=["gpu"]) is False
    row.enabled = False
    row.save()
    assert worker_beat(name="w", queues=["gpu"]) is True


def test_a_child_that_published_nothing_is_asked_again() -> None:
    worker_beat(name="w", queues=["gpu"])
    Worker.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    assert worker_beat(name="w", queues=["gpu"]) is True


def test_cards_are_available_while_their_worker_reports(person: Person) -> None:
    worker_beat(name="w", queues=["gpu"])
    published("w")
    Model.objects.update(last_seen=timezone.now() - timedelta(minutes=5))
    assert {entry["available"] for entry in person.get("/api/models").json()} == {False}
    worker_beat(name="w", queues=["gpu"])
    assert {entry["available"] for entry in person.get("/api/models").json()} == {True}
    # A run may be asked for while no worker is there: it waits.
    Model.objects.update(last_seen=None)
    assert person.ask().status_code == 201


def test_a_model_that_left_the_allow_list_leaves_the_catalogue() -> None:
    worker_beat(name="w", queues=["gpu"])
    published("w")
    assert Model.objects.filter(pk="broken").exists()
    smaller = CATALOGUE.model_copy(update={"models": [card for card in models() if card.builtin]})
    worker_publish(name="w", catalogue=smaller, fingerprint="f")
    assert not Model.objects.filter(pk="broken").exists()
    worker_publish(name="w", catalogue=smaller.model_copy(update={"models": []}), fingerprint="f")
    assert Model.objects.filter(pk="demo-lm").exists()


def test_what_no_worker_has_offered_for_a_day_is_gone() -> None:
    worker_beat(name="w", queues=["gpu"])
    published("w")
    Method.objects.filter(pk="absent").update(last_seen=timezone.now() - timedelta(days=2))
    fewer = CATALOGUE.model_copy(update={"methods": [card for card in methods() if card.key == "surprisal"]})
    worker_publish(name="w", catalogue=fewer, fingerprint="f")
    assert not Method.objects.filter(pk="absent").exists()
    assert Method.objects.filter(pk="occlusion").exists()


def test_workers_come_and_go() -> None:
    worker_beat(name="w", queues=["gpu"])
    assert Worker.objects.get().alive
    Worker.objects.update(last_seen=timezone.now() - timedelta(minutes=5))
    assert not Worker.objects.get().alive
    worker_beat(name="v", queues=["gpu"])
    worker_gone(name="v")
    Worker.objects.update(last_seen=timezone.now() - timedelta(days=2))
    worker_beat(name="x", queues=[])
    assert list(Worker.objects.values_list("pk", flat=True)) == ["x"]
