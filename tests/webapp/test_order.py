"""Fair between people, whatever they ask for: turns by seconds of computing, counted by account, cookie and address."""

import time
from collections.abc import Sequence

import pytest
from django.contrib.auth import get_user_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.runs import order, services, work
from webapp.runs.models import ACTIVE, Job, Queue, Run, State

pytestmark = pytest.mark.django_db
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SECONDS = st.floats(min_value=0.1, max_value=20.0)


def ask(owner: str, seconds: float = 1.0, *, address: str = "", account: int | None = None, priority: int = 5) -> Job:
    """One more job of somebody, expected to take so long."""
    run = Run.objects.create(owner=owner, address=address, account_id=account)
    cost = {"expected": seconds}
    job = Job.objects.create(run=run, owner=owner, model="m", queue=Queue.GPU, priority=priority, cost=cost)
    order.place(job=job)
    return job


def served(count: int) -> list[str]:
    """Whose jobs one worker takes, one after the other."""
    found = []
    for _ in range(count):
        lease = work.job_claim(queue="gpu", worker="w:1:0")
        assert lease is not None
        job = Job.objects.get(pk=lease.job)
        found.append(job.owner)
        Job.objects.filter(pk=job.pk).update(state=State.DONE)
    return found


@SLOW
@given(
    backlogs=st.lists(st.lists(SECONDS, min_size=1, max_size=12), min_size=1, max_size=4),
    own=SECONDS,
    before=st.integers(0, 6),
)
def test_nobody_waits_for_more_than_a_turn_of_each_other(backlogs: list[list[float]], own: float, before: int) -> None:
    """Of each other person no more is computed first than as much as the newcomer wants, and one job beyond."""
    Job.objects.all().delete()
    for person, jobs in enumerate(backlogs):
        for seconds in jobs:
            ask(f"person {person}", seconds)
    served(min(before, sum(map(len, backlogs)) - 1))
    running = work.job_claim(queue="gpu", worker="w:1:0")
    assert running is not None
    mine = ask("newcomer", own)
    Job.objects.filter(pk=running.job).update(state=State.DONE)
    spent: dict[str, float] = {}
    longest = max(map(max, backlogs))
    while (lease := work.job_claim(queue="gpu", worker="w:1:0")) is not None and lease.job != mine.pk:
        job = Job.objects.get(pk=lease.job)
        spent[job.owner] = spent.get(job.owner, 0.0) + order.expected_seconds(job.cost)
        Job.objects.filter(pk=job.pk).update(state=State.DONE)
    assert lease is not None
    assert all(seconds <= own + longest + 1e-6 for seconds in spent.values())


@SLOW
@given(wanted=st.lists(SECONDS, min_size=2, max_size=10))
def test_one_persons_jobs_come_in_the_order_in_which_they_were_asked(wanted: Sequence[float]) -> None:
    Job.objects.all().delete()
    ids = [ask("me", seconds).pk for seconds in wanted]
    assert list(order.waiting("gpu").values_list("pk", flat=True)) == ids


@pytest.mark.parametrize("accounts", [False, True], ids=["cookies", "accounts"])
def test_a_hundred_jobs_do_not_hold_up_one(accounts: bool) -> None:
    users = [get_user_model().objects.create(username=name).pk if accounts else None for name in ("ada", "bob")]
    for _ in range(100):
        ask("ada", account=users[0], address="a")
    ask("bob", account=users[1], address="b")
    assert served(3).index("bob") <= 1


def test_a_person_of_the_same_address_waits_no_longer() -> None:
    for _ in range(100):
        ask("ada", address="a")
    ask("bob", address="a")
    assert "bob" in served(2)


def test_deleting_the_cookie_gains_nothing() -> None:
    for number in range(100):
        ask(f"cookie {number}", address="a")
    ask("honest", address="b")
    assert "honest" in served(3)
    ask("honest", address="b")
    assert "honest" in served(3)


def test_people_with_accounts_at_one_address_do_not_share_turns() -> None:
    for number in range(20):
        user = get_user_model().objects.create(username=f"user {number}")
        ask(f"user {number}", account=user.pk, address="university")
    assert set(Job.objects.values_list("turn", flat=True)) == {1.0}


def test_many_short_jobs_are_one_long_one() -> None:
    for _ in range(4):
        ask("patient", 10.0)
    for _ in range(40):
        ask("quick", 1.0)
    first = served(22)
    assert first.count("patient") == 2


def test_what_waits_for_somebody_goes_before_what_takes_long() -> None:
    ask("later", priority=0)
    ask("now")
    assert served(2) == ["now", "later"]


def test_a_cancelled_backlog_is_forgotten() -> None:
    for _ in range(50):
        ask("ada")
    Job.objects.update(state=State.CANCELLED)
    assert ask("ada").turn == 1.0


def test_a_job_that_is_tried_again_stands_at_the_end() -> None:
    first = ask("ada")
    Job.objects.filter(pk=first.pk).update(state=State.FAILED)
    for _ in range(3):
        ask("ada")
    first.refresh_from_db()
    assert services.job_retry(job=first)
    assert order.waiting("gpu").last() == first


def test_turns_go_on_from_what_runs() -> None:
    Job.objects.filter(pk=ask("ada", 30.0).pk).update(state=ACTIVE[1])
    assert ask("bob", 2.0).turn == 32.0


def test_ten_thousand_waiting_jobs_are_claimed_from_at_once() -> None:
    """Measured: 3 ms on SQLite; the bound allows for a busy machine."""
    runs = Run.objects.bulk_create([Run(owner=f"o{number % 50}") for number in range(10_000)])
    Job.objects.bulk_create(
        [Job(run=run, owner=run.owner, model="m", queue="gpu", priority=5, turn=n) for n, run in enumerate(runs)]
    )
    order.claimable("gpu")
    began = time.perf_counter()
    for _ in range(5):
        assert len(order.claimable("gpu")) == order.LOOKED_AT
    each = (time.perf_counter() - began) / 5
    assert each < 0.1
