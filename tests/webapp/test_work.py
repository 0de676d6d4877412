"""The way of a job: claimed, held, ended; nobody else's writes count."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.webapp.computing import cards, claim, continuation, finish, result
from tests.webapp.conftest import Clock, Limited, Wakes
from tests.webapp.person import Person
from webapp.queues.models import QueueSwitch
from webapp.runs import news, services, states, sweeper, work
from webapp.runs.models import Continuation, Job, Result, State
from webapp.runs.states import Why
from workers.contract import Problem, ProgressData, Refusal

pytestmark = pytest.mark.django_db


def test_a_job_is_claimed_begun_and_done(person: Person) -> None:
    run = person.run()
    lease = work.job_claim(queue="gpu", worker="w")
    assert lease is not None
    job = Job.objects.get()
    assert (job.state, job.attempts, job.worker) == ("leased", 1, "w")
    assert work.job_claim(queue="gpu", worker="other") is None
    work.job_begin(lease=lease)
    assert person.state(run)["jobs"][0]["state"] == "running"
    work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job))
    work.job_finish(lease=lease)
    state = person.state(run)
    assert state["jobs"][0]["state"] == state["results"][0]["state"] == "done"
    assert state["results"][0]["seconds"] == 0.25
    assert state["results"][0]["figures"]["perplexity"]["value"] == 2.5
    assert state["jobs"][0]["finished"] is not None


def test_a_queue_hands_out_only_its_own_jobs(person: Person) -> None:
    person.run(methods=[{"key": "compare_tokenizers"}])
    assert work.job_claim(queue="gpu", worker="w") is None
    assert work.job_claim(queue="cpu", worker="w") is not None


def test_a_paused_queue_hands_out_nothing(person: Person) -> None:
    person.run()
    QueueSwitch.objects.create(queue="gpu", paused=True)
    assert work.job_claim(queue="gpu", worker="w") is None
    QueueSwitch.objects.update(paused=False)
    assert work.job_claim(queue="gpu", worker="w") is not None


def test_people_take_turns(person: Person, stranger: Person) -> None:
    mine = [person.run(text=text) for text in ("a", "b", "c")]
    theirs = stranger.run(text="d")
    order = [claim()[1].run_id for _ in range(4)]
    assert order == [mine[0], theirs, mine[1], mine[2]]


def test_a_model_in_memory_goes_first_in_a_turn(person: Person, stranger: Person) -> None:
    person.run(text="a")
    theirs = stranger.run(text="b")
    Job.objects.filter(run=theirs).update(model="other")
    lease = work.job_claim(queue="gpu", worker="w", loaded=["other"])
    assert lease is not None
    assert lease.run == theirs


def test_background_jobs_wait_for_the_others(person: Person) -> None:
    first, second = person.run(text="a"), person.run(text="b")
    Job.objects.filter(run=first).update(priority=0)
    assert claim()[1].run_id == second


def test_two_jobs_of_one_run_and_model_never_run_at_once(person: Person) -> None:
    run = person.run(generate={"max_new_tokens": 3})
    person.post(f"/api/runs/{run}/jobs", {"models": ["demo-lm"], "methods": [{"key": "occlusion"}]})
    claim()
    assert work.job_claim(queue="gpu", worker="w") is None


def test_whoever_lost_the_lease_changes_nothing(person: Person) -> None:
    run = person.run()
    lease, job = claim()
    Job.objects.update(token="somebody else's")
    before = person.state(run)
    problem = Problem(type="/problems/x", title="x", status=422, detail="x")
    for act in (
        lambda: work.job_renew(lease=lease),
        lambda: work.job_begin(lease=lease),
        lambda: work.result_progress(lease=lease, index=0, progress=ProgressData(message="m")),
        lambda: work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job)),
        lambda: work.result_fail(lease=lease, index=0, problem=problem, fault="person"),
        lambda: work.continuation_keep(lease=lease, model="demo-lm", ids=[1], text="a"),
        lambda: work.continuation_store(lease=lease, job=job, continuation=continuation(), cards=cards(job)),
        lambda: work.job_fail(lease=lease, problem=problem, fault="person"),
        lambda: work.job_cancelled(lease=lease),
        lambda: work.job_finish(lease=lease),
    ):
        with pytest.raises(work.LeaseLost):
            act()
    assert person.state(run) == before
    with pytest.raises(work.LeaseLost):
        work.job_wishes(lease=lease)


def test_progress_is_kept_with_the_result(person: Person) -> None:
    run = person.run()
    lease, _ = claim()
    work.result_progress(lease=lease, index=None, progress=ProgressData(message="Loading the model"))
    assert person.state(run)["results"][0]["state"] == "queued"
    work.result_progress(lease=lease, index=0, progress=ProgressData(message="Computing", fraction=0.5))
    row = person.state(run)["results"][0]
    assert (row["state"], row["progress"]) == ("running", {"message": "Computing", "fraction": 0.5})


def test_one_failed_method_leaves_the_others(person: Person) -> None:
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    lease, job = claim()
    problem = Problem(type="/problems/x", title="x", status=422, detail="because", limit=3, value=4)
    work.result_fail(lease=lease, index=0, problem=problem, fault="person")
    work.result_store(lease=lease, job=job, index=1, computed=result("occlusion"), cards=cards(job))
    work.job_finish(lease=lease)
    state = person.state(run)
    assert [row["state"] for row in state["results"]] == ["failed", "done"]
    assert state["results"][0]["problem"]["limit"] == 3
    assert state["jobs"][0]["state"] == "done"
    assert Result.objects.get(index=0).fault == "person"


def test_a_job_of_which_nothing_came_out_failed(person: Person) -> None:
    run = person.run()
    lease, _ = claim()
    problem = Problem(type="/problems/x", title="x", status=422, detail="because")
    work.result_fail(lease=lease, index=0, problem=problem, fault="person")
    work.job_finish(lease=lease)
    job = person.state(run)["jobs"][0]
    assert (job["state"], job["problem"]["detail"]) == ("failed", "because")


def test_a_method_that_said_nothing_is_a_fault_of_the_house(person: Person) -> None:
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    lease, job = claim()
    work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job))
    work.job_finish(lease=lease)
    assert person.state(run)["results"][1]["problem"]["type"] == "/problems/internal"


def test_a_job_that_fails_takes_its_results_along(person: Person) -> None:
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    lease, _ = claim()
    problem = Problem(type="/problems/text-too-long", title="x", status=422, detail="9 of 5", limit=5, value=9)
    work.job_fail(lease=lease, problem=problem, fault="person")
    state = person.state(run)
    assert [row["state"] for row in state["results"]] == ["failed", "failed"]
    assert {row["problem"]["value"] for row in [*state["results"], *state["jobs"]]} == {9}


def test_a_result_over_the_limit_is_refused_with_both_numbers(person: Person, limited: Limited) -> None:
    person.run()
    lease, job = claim()
    limited(result_bytes=100)
    with pytest.raises(Refusal) as caught:
        work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job))
    assert caught.value.limit == 100
    assert (caught.value.value or 0) > 100


def test_what_is_generated_is_kept_so_far_and_then_whole(person: Person) -> None:
    run = person.run(generate={"max_new_tokens": 3})
    lease, job = claim()
    work.continuation_keep(lease=lease, model="demo-lm", ids=[7], text=" a")
    assert person.state(run)["jobs"][0]["continuation"] == {"ids": [7], "text": " a", "finish": None}
    work.continuation_store(lease=lease, job=job, continuation=continuation(), cards=cards(job))
    kept = person.state(run)["jobs"][0]["continuation"]
    assert kept == {"ids": [7, 8, 9], "text": " abc", "finish": "length"}
    assert Continuation.objects.count() == 1


def test_a_lease_that_stands_still_goes_back_to_the_queue_once(person: Person, wakes: Wakes, clock: Clock) -> None:
    run = person.run()
    claim()
    for attempt, expected in ((1, "queued"), (2, "failed")):
        assert sweeper.sweep() == 0
        assert Job.objects.get().attempts == attempt
        clock.now += work.LEASE
        assert sweeper.sweep() == 1
        assert person.state(run)["jobs"][0]["state"] == expected
        if expected == "queued":
            assert wakes[-1] == (
                "tessera.analyse",
                {"kwargs": {"queue": "gpu"}, "queue": "gpu", "expires": 15.0, "retry": False, "ignore_result": True},
            )
            claim()
    state = person.state(run)
    problem = state["jobs"][0]["problem"]
    assert (problem["type"], problem["limit"], problem["value"]) == ("/problems/worker-lost", 2, 2)
    assert "tried 2 times" in problem["detail"]
    assert state["results"][0]["state"] == "failed"


def test_a_lease_that_is_renewed_is_not_lost_however_long_it_lasts(person: Person, clock: Clock) -> None:
    person.run()
    lease, _ = claim()
    for _ in range(5):
        assert sweeper.sweep() == 0
        clock.now += 0.9 * work.LEASE
        work.job_renew(lease=lease)


def test_a_lease_renewed_between_the_look_and_the_write_is_kept(
    person: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.run()
    lease, _ = claim()
    sweeper.sweep()
    clock.now += work.LEASE
    moved = states.job_move

    def late(*args: Any, **kwargs: Any) -> bool:
        work.job_renew(lease=lease)
        return moved(*args, **kwargs)

    monkeypatch.setattr(sweeper, "job_move", late)
    assert sweeper.sweep() == 0
    assert Job.objects.get().state == State.RUNNING


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_wall_clock_that_jumps_takes_no_job_and_saves_none(
    person: Person, clock: Clock, jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = person.run()
    lease, job = claim()
    sweeper.sweep()
    sweeper.overdue(worker="w:1")
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + jump)
    assert sweeper.sweep() == 0
    assert sweeper.overdue(worker="w:1") == []
    clock.now += work.LEASE
    assert sweeper.sweep() == 1
    lease, job = claim()
    work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job))
    work.job_finish(lease=lease)
    job.refresh_from_db()
    assert job.created <= (job.started or job.created) <= (job.finished or job.created)
    assert person.state(run)["jobs"][0]["state"] == "done"


def test_a_lost_job_that_was_to_be_cancelled_is_cancelled(person: Person, clock: Clock) -> None:
    run = person.run()
    claim()
    person.delete(f"/api/runs/{run}")
    sweeper.sweep()
    clock.now += work.LEASE
    sweeper.sweep()
    assert person.state(run)["jobs"][0]["state"] == "cancelled"


def test_a_job_whose_end_is_asked_for_while_it_goes_back_is_not_stuck_in_the_queue(person: Person) -> None:
    run = person.run()
    claim()
    seen = Job.objects.get()
    person.delete(f"/api/runs/{run}")
    assert sweeper._queue_again(seen, Why.WORKER_LOST) is False
    assert sweeper.recover(worker="w:1:0") == 1
    assert person.state(run)["jobs"][0]["state"] == "cancelled"


def test_the_sweeper_calls_for_queued_jobs_that_nobody_was_told_of(person: Person, wakes: Wakes) -> None:
    sweeper.sweep()
    assert wakes == []
    person.run(methods=[{"key": "surprisal"}, {"key": "compare_tokenizers"}])
    wakes.clear()
    sweeper.sweep()
    assert [options["queue"] for _, options in wakes] == ["gpu", "cpu"]


def test_a_successor_takes_back_what_its_predecessor_held(person: Person) -> None:
    person.run()
    claim()
    assert sweeper.recover(worker="w:2:0") == 0
    assert sweeper.recover(worker="w:1:0") == 1
    assert Job.objects.get().state == State.QUEUED


def test_a_broker_that_is_down_costs_nothing(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("webapp.runs.dispatch.app.send_task", refuse)
    monkeypatch.setattr("webapp.runs.news._send_here", refuse)
    monkeypatch.setattr("webapp.runs.news._sender", refuse)
    assert person.ask().status_code == 201


def test_an_ended_job_can_be_tried_again(person: Person, wakes: Wakes) -> None:
    run = person.run(methods=[{"key": "surprisal"}, {"key": "occlusion"}])
    lease, job = claim()
    assert services.job_retry(job=job) is False
    work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job))
    work.job_cancelled(lease=lease)
    wakes.clear()
    assert services.job_retry(job=job) is True
    state = person.state(run)
    assert state["jobs"][0]["state"] == "queued"
    assert [row["state"] for row in state["results"]] == ["done", "queued"]
    assert len(wakes) == 1


def test_finish_helper_reaches_the_end(person: Person) -> None:
    person.run()
    assert finish().state == State.DONE


@pytest.mark.django_db(transaction=True)
def test_nobody_hears_of_what_was_taken_back(person: Person, wakes: Wakes, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(news, "_sender", lambda group, message: told.append(group))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("webapp.runs.services.answer_from_cache", fail)
    assert person.ask().status_code == 500
    assert (Job.objects.count(), wakes, told) == (0, [], [])
    monkeypatch.undo()
