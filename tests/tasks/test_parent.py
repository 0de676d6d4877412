"""A worker's parent: never torch, one report every 5 s, one sweep every 15 s, no connection open over a fork."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.webapp.conftest import Clock, Limited, Wakes
from tests.webapp.person import Person
from webapp.catalogue.selectors import specs_fingerprint
from webapp.queues import services
from webapp.queues.models import Worker
from webapp.runs import sweeper, work
from webapp.runs.models import Job
from webapp.runs.states import Why
from workers.tasks import child, holdings, memory, parent
from workers.tasks.names import worker_name

pytestmark = pytest.mark.django_db(transaction=True)


class Timer:
    """Remembers what is to be called how often."""

    def __init__(self) -> None:
        self.entries: list[tuple[float, Any, tuple[Any, ...]]] = []
        self.cancelled = 0

    def call_repeatedly(self, seconds: float, act: Any, arguments: tuple[Any, ...]) -> "Timer":
        """Remember."""
        self.entries.append((seconds, act, arguments))
        return self

    def cancel(self) -> None:
        """Forget."""
        self.cancelled += 1


class Consumer:
    """Celery's consumer, as far as the parent asks it: it listens to queues."""

    hostname = "celery@host"

    def __init__(self, timer: Timer | None = None) -> None:
        self.timer = timer or Timer()
        self.pool = SimpleNamespace(_pool=SimpleNamespace(_pool=[], on_process_down=None))
        self.queues = {"gpu", "cpu"}
        self.task_consumer = SimpleNamespace(consuming_from=self.queues.__contains__)
        self.add_task_queue = self.queues.add
        self.cancel_task_queue = self.queues.discard


def test_the_parent_never_imports_torch(tmp_path: Path) -> None:
    code = (
        "import sys, django; from webapp.config.celery import app; django.setup();"
        "app.loader.import_default_modules();"
        "assert {'tessera.analyse', 'tessera.publish_cards'} <= set(app.tasks);"
        "from webapp.runs import sweeper; from workers.tasks import parent;"
        "print(sorted(name for name in ('torch', 'transformers', 'tokenizers') if name in sys.modules))"
    )
    told = {**os.environ, "TESSERA_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_reports_sweeps_and_asks_its_child_for_cards(person: Person, wakes: Wakes) -> None:
    person.run()
    wakes.clear()
    timer = Timer()
    consumer = Consumer(timer)
    heart = parent.Heart(consumer)
    own = worker_name(os.getpid())
    Worker.objects.create(name=own, published_for=specs_fingerprint(), last_seen=timezone.now())  # its former life
    heart.start(consumer)
    assert Worker.objects.get().name.endswith(f":{os.getpid()}")
    assert [seconds for seconds, _, _ in timer.entries] == [5.0, 5.0, 2.0, 15.0, 15.0]
    (publish, first), (analyse, second) = wakes
    assert (publish, first["queue"].name) == ("tessera.publish_cards", "celery@host.dq2")
    assert (analyse, second["queue"], second["expires"]) == ("tessera.analyse", "gpu", 15.0)
    for _, act, arguments in timer.entries:
        act(*arguments)
    assert [name for name, _ in wakes].count("tessera.publish_cards") == 1
    heart.stop(consumer)
    assert (timer.cancelled, heart.entries) == (5, [])
    parent.leave()
    assert Worker.objects.count() == 0


def test_a_worker_that_is_told_to_end_gives_its_job_back(person: Person, wakes: Wakes) -> None:
    run = person.run()
    own = worker_name(os.getpid())
    lease = work.job_claim(queue="gpu", worker=f"{own}:0")
    assert lease is not None
    work.job_begin(lease=lease)
    parent.give_back()
    job = Job.objects.get()
    assert (job.state, job.attempts, job.token) == ("queued", 0, "")
    with pytest.raises(work.LeaseLost):
        work.job_wishes(lease=lease)
    lease = work.job_claim(queue="gpu", worker=f"{own}1:0")
    assert lease is not None
    parent.give_back()
    assert Job.objects.get().state == "leased"
    Job.objects.update(worker=f"{own}:0")
    person.delete(f"/api/runs/{run}")
    parent.give_back()
    assert Job.objects.get().state == "cancelled"


class Child:
    """A child process that can be killed; `stays` is not gone by that."""

    def __init__(self, index: int, *, stays: bool = False) -> None:
        self.index, self.pid, self.stays = index, 100 + index, stays
        self.exitcode: int | None = None
        self.signal = 0

    def join(self, timeout: float) -> None:
        """Wait for its end."""
        if self.signal and not self.stays:
            self.exitcode = -self.signal


class Pool:
    """Two children; remembers whom it was told to kill."""

    def __init__(self, *, stays: bool = False) -> None:
        self.children = [Child(index, stays=stays) for index in range(2)]
        self._pool = SimpleNamespace(_pool=self.children, on_process_down=None)
        self.killed: list[tuple[int, int]] = []

    def terminate_job(self, pid: int, number: int) -> None:
        """Remember."""
        self.killed.append((pid, number))
        self.children[pid - 100].signal = number


@pytest.fixture
def observed(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The parent's clock; each child holds 7 MiB."""
    monkeypatch.setattr(memory, "of", lambda pid: 7 * 2**20)
    return clock


def held(place: int) -> work.Lease:
    """The next job, at work in this parent's child of this place."""
    lease = work.job_claim(queue="gpu", worker=f"{worker_name(os.getpid())}:{place}")
    assert lease is not None
    work.job_begin(lease=lease)
    return lease


def test_a_child_that_does_not_notice_it_is_cancelled_is_killed(person: Person, observed: Clock) -> None:
    run = person.run()
    held(1)
    pool = Pool()
    parent.end_overdue(pool)
    person.delete(f"/api/runs/{run}")
    parent.end_overdue(pool)
    observed.now += sweeper.PATIENCE - 1
    person.delete(f"/api/runs/{run}")  # asking again does not give more time
    parent.end_overdue(pool)
    assert pool.killed == []
    observed.now += 1
    parent.end_overdue(pool)
    assert pool.killed == [(101, signal.SIGKILL)]
    job = Job.objects.get()
    assert (job.state, job.freed) == ("cancelled", 7 * 2**20)
    assert [row.reason for row in job.transitions.filter(result=None)][-1] == Why.KILLED


def test_a_job_is_not_cancelled_before_its_killed_child_is_gone(person: Person, observed: Clock) -> None:
    run = person.run()
    held(1)
    pool = Pool(stays=True)
    person.delete(f"/api/runs/{run}")
    parent.end_overdue(pool)
    observed.now += sweeper.PATIENCE
    parent.end_overdue(pool)
    assert len(pool.killed) == 1
    assert Job.objects.get().state == "running"
    pool.children[1].stays = False
    parent.end_overdue(pool)
    assert Job.objects.get().state == "cancelled"


def test_a_job_that_takes_too_long_fails_with_both_numbers_and_its_child_is_killed(
    person: Person, limited: Limited, observed: Clock
) -> None:
    limited(job_seconds=60)
    run = person.run()
    lease = held(0)
    pool = Pool()
    parent.end_overdue(pool)
    observed.now += 61
    parent.end_overdue(pool)
    assert pool.killed == [(100, signal.SIGKILL)]
    problem = person.state(run)["results"][0]["problem"]
    assert (problem["type"], problem["limit"], problem["value"]) == ("/problems/job-too-long", 60, 61)
    assert "61 seconds; the limit is 60" in problem["detail"]
    with pytest.raises(work.LeaseLost):
        work.job_wishes(lease=lease)
    parent.end_overdue(pool)
    assert len(pool.killed) == 1


def test_a_child_that_dies_gives_its_job_back_at_once_and_the_second_time_says_how(person: Person) -> None:
    run = person.run()
    pool = Pool()
    parent.notice_deaths(pool)
    for state in ("queued", "failed"):
        held(1)
        pool.children[1].exitcode = -signal.SIGKILL
        pool._pool.on_process_down(pool.children[1])
        assert person.state(run)["jobs"][0]["state"] == state
    detail = person.state(run)["jobs"][0]["problem"]["detail"]
    assert "tried 2 times; the last time the worker was killed by signal 9; perhaps out of memory." in detail


def test_deaths_are_noticed_also_after_celery_has_put_its_own_act_in_the_place() -> None:
    pool, called = Pool(), list[Any]()
    parent.look(pool)
    pool._pool.on_process_down = called.append
    parent.look(pool)
    ours = pool._pool.on_process_down
    parent.look(pool)
    assert pool._pool.on_process_down is ours, "once is enough"
    ours(pool.children[1])
    assert called == [pool.children[1]]


def test_a_database_that_is_away_is_only_logged_and_no_connection_stays_open(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        connection.ensure_connection()
        raise OSError("away")

    parent.guarded(fail)
    assert all(one.connection is None for one in connections.all())


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What Celery is told about its end."""
    told = SimpleNamespace(should_stop=None, should_terminate=None)
    monkeypatch.setattr(parent, "state", told)
    return told


def reported() -> str:
    """This worker, as it reported itself."""
    row = Worker.objects.create(name=worker_name(os.getpid()), queues=["gpu", "cpu"], last_seen=timezone.now())
    return row.name


def test_a_drained_worker_finishes_what_it_has_and_takes_nothing_more(
    person: Person, wakes: Wakes, ends: SimpleNamespace
) -> None:
    name, consumer = reported(), Consumer()
    person.run(text="a")
    person.run(text="b")
    lease = work.job_claim(queue="gpu", worker=f"{name}:0")
    assert lease is not None
    assert services.worker_drain(name=name, draining=True)
    assert not services.worker_drain(name=name, draining=True)
    parent.obey(consumer)
    assert consumer.queues == set()
    work.job_renew(lease=lease)
    assert work.job_claim(queue="gpu", worker=f"{name}:0") is None
    wakes.clear()
    assert services.worker_drain(name=name, draining=False)
    assert sorted(told["queue"] for _, told in wakes) == ["cpu", "gpu"]
    parent.obey(consumer)
    assert consumer.queues == {"gpu", "cpu"}
    assert work.job_claim(queue="gpu", worker=f"{name}:0") is not None
    assert (ends.should_stop, ends.should_terminate) == (None, None)


def test_what_a_drained_worker_was_woken_for_is_told_to_the_others(person: Person, wakes: Wakes) -> None:
    name = reported()
    person.run()
    services.worker_drain(name=name, draining=True)
    wakes.clear()
    assert work.job_claim(queue="gpu", worker=f"{name}:0") is None
    assert wakes == []
    Worker.objects.create(name="other:1", queues=["gpu"], last_seen=timezone.now())
    assert work.job_claim(queue="gpu", worker=f"{name}:0") is None
    assert [(told["queue"], told["countdown"]) for _, told in wakes] == [("gpu", 1.0)]


def test_a_worker_that_is_to_be_restarted_ends_once_it_has_nothing_to_do(person: Person, ends: SimpleNamespace) -> None:
    name, consumer = reported(), Consumer()
    person.run()
    lease = work.job_claim(queue="gpu", worker=f"{name}:0")
    assert lease is not None
    work.job_begin(lease=lease)
    assert services.worker_restart(name=name)
    parent.obey(consumer)
    assert (consumer.queues, ends.should_stop) == (set(), None)
    work.job_cancelled(lease=lease)
    parent.obey(consumer)
    assert (ends.should_stop, ends.should_terminate) == (0, None)
    assert not services.worker_restart(name="nobody:1")


def test_at_the_limit_its_job_goes_back_and_the_attempt_does_not_count(person: Person, ends: SimpleNamespace) -> None:
    name = reported()
    person.run()
    lease = work.job_claim(queue="gpu", worker=f"{name}:0")
    assert lease is not None
    services.worker_restart(name=name)
    Worker.objects.update(restart_asked=timezone.now() - services.RESTART_PATIENCE * 2)
    parent.obey(Consumer())
    assert ends.should_terminate == 0
    job = Job.objects.get()
    assert (job.state, job.attempts, job.worker) == ("queued", 0, "")


def test_a_worker_tells_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    Worker.objects.create(name=worker_name(os.getppid()), last_seen=timezone.now())
    monkeypatch.setattr(holdings, "_told", [])
    monkeypatch.setattr(holdings, "loaded", lambda: ["demo-lm"])
    monkeypatch.setattr(holdings, "capacity", lambda: 7)
    monkeypatch.setattr(child, "models", lambda: SimpleNamespace(device="cpu"))
    holdings.tell()
    row = Worker.objects.get()
    assert (row.loaded, row.device, row.memory) == (["demo-lm"], "cpu", 7)
    assert row.used > 0
    Worker.objects.update(loaded=[])
    holdings.tell()  # nothing changed since it told
    assert Worker.objects.get().loaded == []
