"""Real processes, and methods that want too much: memory that runs out, jobs that do not end, cancels that free."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.person import Document, Person
from tests.faults.house import House, wait_until

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
MEMORY, HELD = 1500, 300
"""Mebibytes that a child may fill, and that an endless method holds."""
JOB_SECONDS, PATIENCE = 10, 2
WITH_MORE_METHODS = f"""
import workers.methods.importance
workers.methods.importance.__path__.append({str(HERE / "greedy")!r})
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose one worker has methods that want too much."""
    folder = tmp_path_factory.mktemp("path")
    (folder / "sitecustomize.py").write_text(WITH_MORE_METHODS)
    settings = {
        "TESSERA_MEMORY_MB": str(MEMORY),
        "TESSERA_LIMIT_JOB_SECONDS": str(JOB_SECONDS),
        "TESSERA_PATIENCE_SECONDS": str(PATIENCE),
    }
    with House(tmp_path_factory.mktemp("house"), settings) as started:
        started.add_worker("a", {"PYTHONPATH": str(folder)})
        started.wait_for_workers()
        yield started


@pytest.fixture
def person(house: House) -> Iterator[Person]:
    """Somebody new."""
    with Person(house) as made:
        yield made


def ask(person: Person, method: str, **params: object) -> str:
    """A run of one method that needs no model."""
    return str(person.ask(text="a", models=[], methods=[{"key": method, "params": params}])["id"])


def at_work(person: Person, run: str) -> None:
    """Wait until the method is in the middle of it."""
    wait_until(lambda: person.state(run)["results"][0]["state"] == "running", "the method", 30)
    time.sleep(1)  # so that it holds what it wants to hold


def cancelled(person: Person, run: str) -> tuple[Document, float]:
    """Cancel a run: its job once it ended, and how many seconds that took."""
    start = time.monotonic()
    person.http.delete(f"/api/runs/{run}").raise_for_status()
    said = person.state(run)["jobs"][0]
    assert said["cancelling"] or said["state"] == "cancelled"
    job: Document = person.wait(run)["jobs"][0]
    return job, time.monotonic() - start


def test_memory_that_runs_out_is_told_with_both_numbers_and_the_same_child_goes_on(
    house: House, person: Person
) -> None:
    child = house.child("a")
    for params in ({"mebibytes": 8000}, {"mebibytes": 1450}):
        result = person.wait(ask(person, "hog", **params))["results"][0]
        assert result["state"] == "failed"
        problem = result["problem"]
        assert problem["type"] == "/problems/out-of-memory"
        assert problem["value"] == params["mebibytes"] * 2**20
        assert 0 < problem["limit"] < min(MEMORY * 2**20, problem["value"])
        assert f"needed {params['mebibytes']:,} MiB" in problem["detail"]
    assert person.wait(ask(person, "hog", mebibytes=500))["jobs"][0]["state"] == "done"
    assert house.child("a") == child


def test_what_listens_is_cancelled_within_a_second_and_frees_its_memory(house: House, person: Person) -> None:
    child = house.child("a")
    run = ask(person, "endless", mebibytes=HELD)
    at_work(person, run)
    job, seconds = cancelled(person, run)
    assert job["state"] == "cancelled"
    assert seconds < 2  # a second on a machine that does nothing else
    assert job["freed"] >= 0.9 * HELD * 2**20
    assert house.child("a") == child
    assert child is not None
    assert psutil.Process(child).memory_info().rss < 2**30


def test_what_does_not_listen_is_killed_and_frees_its_memory(house: House, person: Person) -> None:
    child = house.child("a")
    run = ask(person, "endless", mebibytes=HELD, listens=False)
    waiting = ask(person, "hog", mebibytes=2)
    at_work(person, run)
    job, seconds = cancelled(person, run)
    assert child is not None
    assert not psutil.pid_exists(child)
    assert job["state"] == "cancelled"
    assert job["freed"] >= HELD * 2**20
    assert PATIENCE <= seconds < PATIENCE + 6
    state = person.wait(waiting)
    assert state["jobs"][0]["state"] == "done", state


def test_what_takes_too_long_is_killed_with_both_numbers_and_the_others_go_on(house: House, person: Person) -> None:
    child = house.child("a")
    run, waiting = ask(person, "endless", listens=True), ask(person, "hog", mebibytes=3)
    state = person.wait(run)
    assert [state["jobs"][0]["state"], state["results"][0]["state"]] == ["failed", "failed"]
    problem = state["jobs"][0]["problem"]
    assert (problem["type"], problem["limit"]) == ("/problems/job-too-long", JOB_SECONDS)
    assert JOB_SECONDS <= problem["value"] < JOB_SECONDS + 6
    assert f"the limit is {JOB_SECONDS}" in problem["detail"]
    state = person.wait(waiting)
    assert state["jobs"][0]["state"] == "done", state
    assert house.child("a") != child
