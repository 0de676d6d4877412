"""Numbers for Prometheus: what they say, who may read them, and that each step counts once."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db.utils import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from tests.webapp.computing import claim, finish
from tests.webapp.conftest import Limited
from tests.webapp.person import Person
from webapp.common.errors import system_problem
from webapp.queues import metrics, tallies
from webapp.queues.models import QueueSwitch, Tally, Worker
from webapp.queues.numbers import SOCKETS, Sockets
from webapp.queues.services import worker_beat
from webapp.retention.models import Cleaning
from webapp.runs import services, sweeper, work
from webapp.runs.models import Job, Transition

pytestmark = pytest.mark.django_db

Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped() -> Values:
    """Every sample as Prometheus reads it."""
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def value(values: Values, name: str, **labels: str) -> float:
    """One sample; 0 where there is none."""
    return values.get((f"tessera_{name}", tuple(sorted(labels.items()))), 0.0)


def a_minute_later() -> None:
    """The steps so far are old enough to be added up."""
    Transition.objects.update(at=timezone.now() - timedelta(minutes=2))


def test_the_queue_now(person: Person) -> None:
    person.run(text="one")
    finish()
    person.run(text="two")
    claim()
    person.run(text="three")
    QueueSwitch.objects.create(queue="cpu", paused=True)
    found = scraped()
    for state in ("done", "running", "queued"):
        assert value(found, "jobs", queue="gpu", state=state) == 1
    assert value(found, "jobs", queue="cpu", state="queued") == 0
    assert 0 < value(found, "queue_age_seconds", queue="gpu") < 60
    assert value(found, "queue_paused", queue="cpu") == 1
    assert value(found, "queue_paused", queue="gpu") == 0


def test_workers_and_what_they_hold() -> None:
    for name in ("a", "b", "c"):
        worker_beat(name=name, queues=["gpu"])
    Worker.objects.filter(pk="a").update(memory=100, used=40, loaded=["demo-lm"])
    Worker.objects.filter(pk="b").update(draining=True)
    Worker.objects.filter(pk="c").update(last_seen=timezone.now() - timedelta(minutes=5))
    found = scraped()
    assert [value(found, "workers", state=state) for state in ("alive", "draining", "silent")] == [1, 1, 1]
    assert value(found, "worker_memory_bytes", worker="a", kind="used") == 40
    assert value(found, "worker_memory_bytes", worker="a", kind="total") == 100
    assert value(found, "model_loaded", worker="a", model="demo-lm") == 1


def test_each_end_counts_once_a_minute_late(person: Person) -> None:
    person.run(text="one")
    finish()
    assert value(scraped(), "job_ends_total", queue="gpu", state="done", reason="finished") == 0
    a_minute_later()
    for _ in range(2):
        found = scraped()
        assert value(found, "job_ends_total", queue="gpu", state="done", reason="finished") == 1
        assert value(found, "result_ends_total", method="surprisal", state="done", reason="finished") == 1
        assert value(found, "job_wait_seconds_count", queue="gpu") == 1
        assert value(found, "job_run_seconds_bucket", queue="gpu", le="+Inf") == 1
        assert value(found, "result_seconds_sum", method="surprisal") == 0.25
        assert value(found, "result_seconds_bucket", method="surprisal", le="0.1") == 0
        assert value(found, "result_seconds_bucket", method="surprisal", le="0.3") == 1
    Job.objects.all().delete()
    assert value(scraped(), "job_ends_total", queue="gpu", state="done", reason="finished") == 1, "it outlives its rows"


def test_a_second_fold_of_the_same_steps_adds_nothing(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.run(text="one")
    finish()
    a_minute_later()
    count = tallies._count

    def meanwhile(step: Transition, added: tallies.Added) -> None:
        Tally.objects.filter(name=tallies.CURSOR).update(value=10**9)
        count(step, added)

    Tally.objects.create(name=tallies.CURSOR)
    stale = Tally.objects.get(name=tallies.CURSOR)
    tallies.fold()
    total = sum(amount for _, amount in tallies.counters("job_ends"))
    monkeypatch.setattr(Tally.objects, "get_or_create", lambda **_: (stale, False))
    assert tallies._fold_once() is False
    assert sum(amount for _, amount in tallies.counters("job_ends")) == total == 1


def test_failures_cancellations_and_what_was_known(person: Person, stranger: Person) -> None:
    person.run(text="fails")
    lease, _ = claim()
    work.job_fail(lease=lease, problem=system_problem("internal"), fault="system")
    run = person.run(text="is cancelled")
    person.delete(f"/api/runs/{run}")
    person.run(text="is known")
    finish()
    stranger.run(text="is known")
    person.run(text="is brought back")
    claim()
    sweeper.recover(worker="w:1:0")
    a_minute_later()
    found = scraped()
    assert value(found, "job_ends_total", queue="gpu", state="failed", reason="internal") == 1
    assert value(found, "result_ends_total", method="surprisal", state="failed", reason="internal") == 1
    assert value(found, "job_ends_total", queue="gpu", state="cancelled", reason="cancelled") == 1
    assert value(found, "cancel_seconds_count", queue="gpu") == 1
    assert value(found, "cache_hits_total", method="surprisal") == 1
    assert value(found, "jobs_brought_back_total", queue="gpu", reason="its worker died") == 1


def test_what_retention_deleted() -> None:
    Cleaning.objects.create(counts={"runs": 2, "files": 1}, bytes=10)
    Cleaning.objects.create(counts={"runs": 1}, bytes=5)
    found = scraped()
    assert value(found, "deleted_total", kind="runs") == 3
    assert value(found, "deleted_bytes_total") == 15


def test_requests_are_counted_by_route_never_by_address(person: Person) -> None:
    labels = {"method": "GET", "route": "api/runs/<id>", "status": "404"}
    before = value(scraped(), "http_requests_total", **labels)
    person.get("/api/runs/abcdefgh12345678")
    person.get("/s/a-secret-that-nobody-may-see")
    person.client.generic("PROPFIND", "/")
    found = scraped()
    assert value(found, "http_requests_total", **labels) == before + 1
    assert value(found, "http_request_seconds_count", method="GET", route="api/runs/<id>") >= 1
    assert value(found, "http_requests_total", method="other", route="", status="405") >= 1
    assert not any("abcdefgh" in str(key) or "a-secret" in str(key) for key in found)


async def test_open_sockets_are_counted_until_they_are_gone() -> None:
    async def application(scope: object, receive: object, send: object) -> None:
        await receive()  # type: ignore[operator]
        await send({"type": "websocket.accept"})  # type: ignore[operator]
        await receive()  # type: ignore[operator]
        raise RuntimeError("gone in the middle")

    before = SOCKETS._value.get()
    ends: Any = ApplicationCommunicator  # asgiref's helper has no types
    talk = ends(Sockets(application), {"type": "websocket"})
    await talk.send_input({"type": "websocket.connect"})
    assert (await talk.receive_output())["type"] == "websocket.accept"
    assert SOCKETS._value.get() == before + 1
    await talk.send_input({"type": "websocket.receive", "text": "x"})
    with pytest.raises(RuntimeError):
        await talk.wait()
    assert SOCKETS._value.get() == before


def test_only_this_machine_reads_them_or_whoever_knows_the_token(settings: Settings, limited: Limited) -> None:
    def status(address: str, **headers: str) -> int:
        return int(Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code)

    assert status("127.0.0.1") == status("::1") == 200
    assert status("10.0.0.7") == status("203.0.113.9") == 403
    assert status("127.0.0.1", x_forwarded_for="203.0.113.9") == 403, "a proxy on this machine asks for somebody else"
    settings.METRICS_TOKEN = "a long token"
    assert status("127.0.0.1") == 403
    assert status("203.0.113.9", authorization="Bearer a long token") == 200
    assert status("203.0.113.9", authorization="Bearer another") == 403
    settings.REQUIRE_LOGIN = True
    assert status("203.0.113.9", authorization="Bearer a long token") == 200
    assert status("203.0.113.9", authorization="Basic é") == 403


def test_a_database_that_takes_no_writes_still_tells_its_numbers(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> None:
        raise OperationalError("database is locked")

    person.run(text="one")
    monkeypatch.setattr(metrics, "fold", locked)
    assert value(scraped(), "jobs", queue="gpu", state="queued") == 1


def test_the_list_names_every_metric(person: Person) -> None:
    run = person.run(text="one")
    finish()
    services.run_cancel(run=Job.objects.get(run=run).run)
    a_minute_later()
    told = {name for name, _ in scraped() if name.startswith("tessera_")}
    stems = {
        name.removesuffix("_created").removesuffix("_count").removesuffix("_sum").removesuffix("_bucket")
        for name in told
    }
    assert metrics.__doc__ is not None
    for stem in stems:
        assert stem in metrics.__doc__, stem
