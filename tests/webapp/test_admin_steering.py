"""Buttons of the live page: drawn for those who may press them, asking before they act, written down."""

from typing import Any

import pytest

from tests.webapp import staff
from tests.webapp.person import Person
from webapp.audit.models import Entry
from webapp.queues import overview
from webapp.queues.live import may, parts
from webapp.queues.models import QueueSwitch, Worker
from webapp.queues.services import worker_beat

pytestmark = pytest.mark.django_db
PAGE = "/admin/queues/queueswitch/live/"


def test_buttons_are_drawn_for_those_who_may_press_them(person: Person) -> None:
    person.run()
    worker_beat(name="host:1", queues=["gpu"])
    numbers = overview.overview()
    drawn = "".join(parts(numbers, may(staff.operator())).values())
    for act in ("pause:gpu", "drain:host:1", "restart:host:1", "cancel:", "raise:", "lower:"):
        assert f'value="{act}' in drawn
    assert "<button" not in "".join(parts(numbers, may(staff.viewer())).values())


def test_pausing_is_asked_for_done_and_written_down(person: Person, wakes: list[Any]) -> None:
    client = staff.browser(staff.operator())
    steer = f"{PAGE}steer/"
    asked = client.post(steer, {"act": "pause:gpu", "back": PAGE})
    assert "Pause the queue gpu?" in asked.content.decode()
    assert not QueueSwitch.objects.filter(paused=True).exists()
    done = client.post(steer, {"act": "pause:gpu", "back": PAGE, "sure": "1"}, follow=True)
    assert done.redirect_chain == [(PAGE, 302)]
    assert "The queue gpu is paused." in done.content.decode()
    wakes.clear()
    client.post(steer, {"act": "resume:gpu", "back": "https://evil.example/"})
    assert not QueueSwitch.objects.filter(paused=True).exists()
    assert [options["queue"] for _, options in wakes] == ["gpu"]
    told = Entry.objects.exclude(verb="login").order_by("id").values_list("verb", "target_id", "details")
    assert list(told) == [
        ("pause", "gpu", {"changes": {"paused": [False, True]}}),
        ("resume", "gpu", {"changes": {"paused": [True, False]}}),
    ]


def test_what_is_done_to_a_worker_is_written_down() -> None:
    worker_beat(name="host:1", queues=["gpu"])
    client = staff.browser(staff.operator())
    done = []
    for act in ("drain", "undrain", "restart"):
        client.post(f"{PAGE}steer/", {"act": f"{act}:host:1", "sure": "1"})
        worker = Worker.objects.get()
        done.append((worker.draining, worker.restart_asked is not None))
    assert done == [(True, False), (False, False), (True, True)]
    told = list(Entry.objects.exclude(verb="login").order_by("id").values_list("verb", "target_id", "name"))
    assert told == [(act, "host:1", "operator") for act in ("drain", "undrain", "restart")]
