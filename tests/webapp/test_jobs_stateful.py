"""Workers, a sweeper and people act on jobs in any order: whatever they do, each job ends once and nothing is undone.

Workers here also do what only broken ones do: they go on after their lease was lost, and write what they found.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.webapp.computing import cards, result
from tests.webapp.conftest import Clock
from tests.webapp.person import Person
from webapp.runs import services, sweeper, work
from webapp.runs.models import ACTIVE, ENDED, OPEN, Job, Result, Run, State, Transition
from webapp.runs.states import JOB, RESULT, Moves, Why
from workers.contract import Problem, ProgressData

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("TESSERA_EXAMPLES", "12"))
STEPS = 30
WORKERS = ("a:1:0", "a:2:0", "b:1:0")
PROBLEM = Problem(type="/problems/x", title="x", status=422, detail="x")
METHODS = ("surprisal", "occlusion")

workers = st.sampled_from(WORKERS)
busy = precondition(lambda self: bool(self.hands))
indices = st.integers(0, 1)
numbers = st.integers(0, 2)


@dataclass
class Hand:
    """What a worker believes to hold."""

    lease: work.Lease
    job: Job


class Jobs(RuleBasedStateMachine):
    """All that may happen to jobs."""

    person: Person
    clock: Clock
    texts: Iterator[int]

    def __init__(self) -> None:
        super().__init__()
        Run.objects.all().delete()
        self.hands: dict[str, Hand] = {}
        self.done: dict[str, str] = {}
        self.seqs: dict[str, int] = {}

    def one(self, number: int) -> str:
        """A worker that believes to hold something."""
        return sorted(self.hands)[number % len(self.hands)]

    def act(self, worker: str, what: Callable[[Hand], object]) -> None:
        """Let a worker do something with what it believes to hold; it hears when its lease is lost."""
        hand = self.hands[worker]
        holds = Job.objects.get(pk=hand.job.pk).token == hand.lease.token
        before = (Transition.objects.count(), list(Result.objects.values()))
        try:
            what(hand)
            assert holds or before == (Transition.objects.count(), list(Result.objects.values()))
        except work.LeaseLost:
            assert not holds
            del self.hands[worker]

    def over(self, worker: str, what: Callable[[Hand], object]) -> None:
        """The same, after which the worker is free."""
        self.act(worker, what)
        self.hands.pop(worker, None)

    @rule(methods=st.integers(1, 2), twin=st.booleans())
    def ask(self, methods: int, twin: bool) -> None:
        text = "the same" if twin else f"text {next(self.texts)}"
        self.person.run(text=text, methods=[{"key": key} for key in METHODS[:methods]])

    @rule(worker=workers)
    def claim(self, worker: str) -> None:
        if worker in self.hands:
            return
        if not Job.objects.filter(state=State.QUEUED).exists():
            self.ask(methods=2, twin=False)
        sweeper.recover(worker=worker)
        lease = work.job_claim(queue="gpu", worker=worker)
        if lease is not None:
            assert lease.token not in {hand.lease.token for hand in self.hands.values()}
            self.hands[worker] = Hand(lease, Job.objects.get(pk=lease.job))

    def started(self, number: int) -> str:
        """Such a worker, at work."""
        worker = self.one(number)
        hand = self.hands[worker]
        row = Job.objects.get(pk=hand.job.pk)
        if row.state == State.LEASED and row.token == hand.lease.token:
            work.job_begin(lease=hand.lease)
        return worker

    @busy
    @rule(number=numbers, index=indices)
    def progress(self, number: int, index: int) -> None:
        told = ProgressData(message="m", fraction=0.5)

        def tell(hand: Hand) -> None:
            at = index if hand.job.results.filter(index=index).exists() else None
            work.result_progress(lease=hand.lease, index=at, progress=told)

        self.act(self.started(number), tell)

    @busy
    @rule(number=numbers, index=indices)
    def store(self, number: int, index: int) -> None:
        def keep(hand: Hand) -> None:
            row = hand.job.results.filter(index=index).first()
            if row is not None:
                computed, known = result(row.method), cards(hand.job)
                work.result_store(lease=hand.lease, job=hand.job, index=index, computed=computed, cards=known)

        self.act(self.started(number), keep)

    @busy
    @rule(number=numbers, index=indices)
    def fail(self, number: int, index: int) -> None:
        def keep(hand: Hand) -> None:
            if hand.job.results.filter(index=index).exists():
                work.result_fail(lease=hand.lease, index=index, problem=PROBLEM, fault="person")

        self.act(self.started(number), keep)

    @busy
    @rule(number=numbers)
    def renew(self, number: int) -> None:
        self.act(self.one(number), lambda hand: work.job_renew(lease=hand.lease))

    @busy
    @rule(number=numbers)
    def finish(self, number: int) -> None:
        self.over(self.started(number), lambda hand: work.job_finish(lease=hand.lease))

    @busy
    @rule(number=numbers)
    def give_up(self, number: int) -> None:
        def end(hand: Hand) -> None:
            if work.job_wishes(lease=hand.lease)[0]:
                work.job_cancelled(lease=hand.lease, freed=7)
            else:
                work.job_fail(lease=hand.lease, problem=PROBLEM, fault="system")

        self.over(self.one(number), end)

    @busy
    @rule(number=numbers, notices=st.booleans())
    def die(self, number: int, notices: bool) -> None:
        """The child dies; it may be that it only seems so, and goes on."""
        worker = self.one(number)
        sweeper.recover(worker=worker, how="killed by signal 9")
        if notices:
            self.hands.pop(worker, None)

    @precondition(lambda self: 0 < len(self.hands) < len(WORKERS))
    @rule(number=numbers)
    def be_taken_for_dead(self, number: int) -> None:
        """Another worker takes the job, while the first one still believes to hold it."""
        sweeper.recover(worker=self.one(number))
        self.claim(next(worker for worker in WORKERS if worker not in self.hands))

    @busy
    @rule(number=numbers)
    def end_in_order(self, number: int) -> None:
        sweeper.release(worker=self.one(number).rpartition(":")[0])

    @rule()
    def sweep(self) -> None:
        sweeper.sweep()

    @rule(share=st.sampled_from([0.3, 0.6, 1.0]))
    def wait(self, share: float) -> None:
        sweeper.sweep()
        self.clock.now += share * work.LEASE
        sweeper.sweep()

    @busy
    @rule(number=numbers)
    def kill_what_does_not_end(self, number: int) -> None:
        parent = self.one(number).rpartition(":")[0]
        sweeper.overdue(worker=parent)
        self.clock.now += sweeper.PATIENCE
        for late in sweeper.overdue(worker=parent):
            assert late.job.cancelling
            sweeper.killed(late=late, freed=5)

    @precondition(lambda self: Run.objects.exists())
    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        runs = Run.objects.order_by("-created")
        services.run_cancel(run=runs[number % len(runs)])

    @precondition(lambda self: Job.objects.exists())
    @rule(number=numbers)
    def retry(self, number: int) -> None:
        jobs = Job.objects.order_by("-created")
        services.job_retry(job=jobs[number % len(jobs)])

    @invariant()
    def every_path_is_legal(self) -> None:
        steps = list(Transition.objects.all())
        for job in Job.objects.all():
            walked([step for step in steps if step.job_id == job.pk and step.result_id is None], JOB, job.state)
        for row in Result.objects.all():
            walked([step for step in steps if step.result_id == row.pk], RESULT, row.state)

    @invariant()
    def each_job_ends_once_each_time_it_is_tried(self) -> None:
        for job in Job.objects.all():
            steps = list(job.transitions.filter(result=None))
            again = [place for place, step in enumerate(steps) if step.reason == Why.AGAIN]
            assert sum(step.after in ENDED for step in steps) == len(again) + (job.state in ENDED)
            last = steps[again[-1] if again else 0 :]
            given_back = sum(step.reason == Why.RELEASED and step.after == State.QUEUED for step in last)
            assert job.attempts == sum(step.reason == Why.CLAIMED for step in last) - given_back
            assert job.attempts <= work.ATTEMPTS

    @invariant()
    def rows_hold_what_their_state_says(self) -> None:
        for job in Job.objects.all():
            states = {row.state for row in job.results.all()}
            assert bool(job.token) == (job.state in ACTIVE)
            assert (job.finished is not None) == (job.state in ENDED)
            assert not (job.state in ENDED and states & set(OPEN))
            assert not (job.state == State.QUEUED and states & set(ACTIVE))
            assert not (job.state == State.QUEUED and job.cancelling)
            assert job.state != State.CANCELLED or State.CANCELLED in states or states <= {State.DONE, State.FAILED}
            assert job.created <= (job.started or job.created) <= (job.finished or job.started or job.created)

    @invariant()
    def what_is_done_stays_done(self) -> None:
        now = dict(Result.objects.filter(state=State.DONE).values_list("pk", "key"))
        assert {pk: now.get(pk) for pk in self.done} == self.done
        self.done = now

    @invariant()
    def news_are_numbered_upwards(self) -> None:
        now = dict(Run.objects.values_list("pk", "seq"))
        assert all(now[pk] >= seq for pk, seq in self.seqs.items())
        self.seqs = now

    def teardown(self) -> None:
        """Everything that is left comes to an end, at the hands of one good worker."""
        self.hands.clear()
        self.wait(1.0)
        for _ in range(4 * Job.objects.count()):
            if Job.objects.filter(state__in=OPEN).exists():
                self.claim("b:1:0")
                for index in (0, 1):
                    self.store(0, index)
                self.finish(0)
        assert not Job.objects.filter(state__in=OPEN).exists()
        self.every_path_is_legal()
        self.what_is_done_stays_done()


def walked(steps: list[Transition], moves: Moves, state: str) -> None:
    """The steps lead from nothing to this state, each by the table."""
    assert (steps[0].before, steps[0].after, steps[0].reason) == ("", State.QUEUED, Why.ASKED)
    assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
    assert steps[-1].after == state
    for step in steps[1:]:
        assert step.reason in moves[State(step.before), State(step.after)]


def test_whatever_happens_each_job_ends_once_and_nothing_is_undone(person: Person, clock: Clock) -> None:
    Jobs.person, Jobs.clock, Jobs.texts = person, clock, itertools.count()
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(Jobs, settings=chosen)
