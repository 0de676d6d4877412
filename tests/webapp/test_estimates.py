"""What is promised before anything runs: passes, memory, seconds from past runs, the place in the queue."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.webapp.computing import cards, claim, finish, result
from tests.webapp.person import Person, problem
from webapp.catalogue.models import Method, Model
from webapp.queues.models import QueueSwitch, Worker
from webapp.runs import timing, work
from webapp.runs.models import Job, Run, Timing
from workers.contract.cost import MethodCost, Term

pytestmark = pytest.mark.django_db
MIB = 2**20


@pytest.fixture(autouse=True)
def sizes(catalogue: None) -> None:
    """The cards say what methods and models cost."""
    prices = {
        "surprisal": MethodCost(passes=[Term(once="forward")]),
        "two_models": MethodCost(passes=[Term(once="forward"), Term(of=["roles"], once="roles")]),
        "occlusion": MethodCost(passes=[Term(once="forward"), Term(of=["units"])], most=[Term(times=2, of=["units"])]),
    }
    for key, price in prices.items():
        row = Method.objects.get(key=key)
        row.card |= {"cost": price.model_dump(mode="json")}
        row.save()
    model = Model.objects.get(key="demo-lm")
    model.card |= {"bytes": 20 * MIB, "layers": 6, "hidden": 256, "heads": 4, "bytes_per_token": 4.0}
    model.save()


def worker(name: str = "host:1", **more: Any) -> Worker:
    """A live worker of both queues."""
    return Worker.objects.create(name=name, queues=["gpu", "cpu"], last_seen=timezone.now(), **more)


def asked(person: Person, **more: Any) -> dict[str, Any]:
    """The estimate of a request."""
    body = {"text": "x" * 40, "models": ["demo-lm"], "methods": [{"key": "surprisal"}], **more}
    answer = person.post("/api/estimates", body)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def took(seconds: float, method: str = "surprisal", length: int = 40, passes: float = 1, times: int = 4) -> None:
    """Past runs."""
    for _ in range(times):
        timing.timing_keep(method=method, model="demo-lm", device="cpu", length=length, seconds=seconds, passes=passes)


def test_nothing_is_known_yet_and_nothing_is_kept(person: Person) -> None:
    found = asked(person)
    assert (found["basis"], found["seconds"], found["runs"]) == ("unknown", None, 0)
    assert (found["passes"], found["most"], found["position"]) == (1, 1, 0)
    assert (found["held"], found["wait"]) == ("no-worker", None)
    assert not Run.objects.exists()
    assert not Job.objects.exists()
    assert "tessera_owner" not in person.client.cookies


def test_passes_follow_input_and_methods_and_are_shared(person: Person) -> None:
    both = [{"key": "surprisal"}, {"key": "occlusion"}]
    found = asked(person, methods=both)
    assert (found["passes"], found["most"]) == (11, 21)
    assert asked(person, methods=both, text="x" * 400)["passes"] == 101
    assert asked(person, methods=both, generate={"max_new_tokens": 30})["passes"] == 1 + 40 + 30


def test_memory_holds_the_weights_of_all_models(person: Person) -> None:
    alone = asked(person)["memory"]
    assert 20 * MIB < alone < 40 * MIB
    row = Model.objects.get(key="demo-lm")
    Model.objects.create(key="second-lm", card=row.card | {"key": "second-lm"}, last_seen=timezone.now())
    call = {"key": "two_models", "roles": {"reference": "second-lm"}}
    assert asked(person, methods=[call])["memory"] >= alone + 20 * MIB
    same = {"key": "two_models", "roles": {"reference": "demo-lm"}}
    assert asked(person, methods=[same])["memory"] == alone


def test_seconds_come_from_past_runs_of_the_same(person: Person) -> None:
    took(2.0)
    took(4.0)
    found = asked(person)
    assert (found["basis"], found["runs"]) == ("runs", 8)
    assert found["seconds"]["expected"] == pytest.approx(3.0)
    assert found["seconds"]["low"] == pytest.approx(1.0)
    assert found["seconds"]["high"] == pytest.approx(5.0)


def test_between_two_lengths_it_is_interpolated_and_beyond_them_it_grows(person: Person) -> None:
    took(1.0, length=16)
    took(4.0, length=64)
    between = asked(person)["seconds"]
    assert between["expected"] == pytest.approx(2.0)
    assert (between["low"], between["high"]) == (pytest.approx(1.0), pytest.approx(4.0))
    beyond = asked(person, text="x" * 250)["seconds"]
    assert beyond["expected"] == pytest.approx(8.0)
    assert beyond["low"] == pytest.approx(4.0)


def test_more_passes_take_longer(person: Person) -> None:
    took(1.0, method="occlusion", passes=11)
    found = asked(person, methods=[{"key": "occlusion"}])
    assert found["seconds"]["expected"] == pytest.approx(1.0)
    Timing.objects.update(passes=22 * 4)
    assert asked(person, methods=[{"key": "occlusion"}])["seconds"]["expected"] == pytest.approx(0.5)


def test_a_method_that_never_ran_is_guessed_by_its_passes(person: Person) -> None:
    took(0.1)
    found = asked(person, methods=[{"key": "occlusion"}])
    assert (found["basis"], found["runs"]) == ("passes", 0)
    assert found["seconds"]["expected"] == pytest.approx(1.1)
    assert found["seconds"]["low"] < 0.4
    assert found["seconds"]["high"] > 4


def test_a_finished_job_is_a_past_run_and_a_cached_one_is_not(person: Person) -> None:
    person.run()
    finish()
    row = Timing.objects.get(method="surprisal")
    assert (row.count, row.seconds, row.passes) == (1, 0.25, 1)
    assert Timing.objects.filter(method=timing.AROUND).count() == 1
    person.run()
    assert Timing.objects.get(method="surprisal").count == 1


def test_what_was_computed_before_costs_nothing(person: Person, stranger: Person) -> None:
    person.run(text="x" * 40)
    finish()
    found = asked(stranger)
    assert (found["basis"], found["passes"], found["wait"]) == ("computed", 0, 0.0)
    assert found["seconds"]["expected"] == 0


def test_what_fits_no_worker_is_refused_with_both_numbers(person: Person) -> None:
    small = worker(memory=10 * MIB)
    found = asked(person)
    assert found["refusal"]["type"] == "/problems/too-much-memory"
    document = problem(person.ask("x" * 40), 422, "too-much-memory")
    assert (document["limit"], document["value"]) == (10 * MIB, found["memory"])
    assert "10 MiB" in document["detail"]
    assert not Job.objects.exists()
    worker("host:2", memory=4096 * MIB)
    assert asked(person)["refusal"] is None
    assert person.ask("x" * 40).status_code == 201
    Worker.objects.exclude(pk=small.pk).update(draining=True)
    assert asked(person, text="y" * 40)["refusal"] is not None


def test_nothing_is_refused_while_a_worker_has_not_said_what_it_has(person: Person) -> None:
    worker(memory=10 * MIB)
    worker("host:2", memory=0)
    assert asked(person)["refusal"] is None
    assert person.ask("x" * 40).status_code == 201


def test_the_wait_is_what_is_ahead_over_the_workers(person: Person, stranger: Person) -> None:
    worker()
    took(10.0)
    first = person.run(text="a" * 40)
    second = person.run(text="b" * 40)
    assert [person.state(run)["jobs"][0]["wait"] for run in (first, second)] == [0.0, pytest.approx(10, abs=1)]
    claim()
    job = person.state(first)["jobs"][0]
    assert job["rest"] == pytest.approx(10, abs=1)
    found = asked(stranger, text="c" * 40)
    assert (found["position"], found["wait"]) == (1, pytest.approx(20, abs=2))
    worker("host:2")
    assert asked(stranger, text="c" * 40)["wait"] == pytest.approx(10, abs=2)
    Worker.objects.filter(name="host:2").update(draining=True)
    assert asked(stranger, text="c" * 40)["wait"] == pytest.approx(20, abs=2)


def test_a_paused_queue_promises_nothing(person: Person) -> None:
    worker()
    took(1.0)
    run = person.run()
    QueueSwitch.objects.create(queue="gpu", paused=True)
    job = person.state(run)["jobs"][0]
    assert (job["held"], job["wait"], job["position"]) == ("paused", None, 0)
    assert asked(person, text="other")["held"] == "paused"
    QueueSwitch.objects.update(paused=False)
    Worker.objects.all().delete()
    assert person.state(run)["jobs"][0]["held"] == "no-worker"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"models": ["nobody"]}, "models.0"), ({"text": ""}, "text"), ({"source_ids": ["nobodys"]}, None)],
)
def test_what_would_be_refused_is_told_without_being_an_error(
    person: Person, change: dict[str, Any], field: str | None
) -> None:
    found = asked(person, **change)
    assert (found["jobs"], found["basis"], found["seconds"]) == ([], "unknown", None)
    assert found["refusal"]["field"] == field
    body = {"text": "x" * 40, "models": ["demo-lm"], "methods": [{"key": "surprisal"}], **change}
    refused = person.post("/api/runs", body)
    assert 400 <= refused.status_code < 500


def test_a_further_question_counts_what_is_stored(person: Person) -> None:
    run = person.run(generate={"max_new_tokens": 3})
    finish()
    body = {"models": ["demo-lm"], "methods": [{"key": "occlusion"}]}
    found = person.post(f"/api/runs/{run}/estimates", body).json()
    again = person.post("/api/estimates", {"text": "hello", "generate": {"max_new_tokens": 3}, **body}).json()
    assert found["passes"] <= again["passes"]
    problem(Person(Client()).post(f"/api/runs/{run}/estimates", body), 404, "not-found")


def test_clocks_that_jump_teach_nothing() -> None:
    timing.timing_keep(method="surprisal", model="demo-lm", device="cpu", length=1, seconds=-5, passes=1)
    timing.timing_keep(method="surprisal", model="demo-lm", device="cpu", length=1, seconds=9e4, passes=1)
    assert not Timing.objects.exists()


def test_a_result_that_comes_with_a_lost_lease_teaches_nothing(person: Person) -> None:
    person.run()
    lease, job = claim()
    Job.objects.update(token="somebody else's")
    with pytest.raises(work.LeaseLost):
        work.result_store(lease=lease, job=job, index=0, computed=result(), cards=cards(job))
    assert not Timing.objects.exists()
