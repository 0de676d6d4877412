"""Something in a house dies, or does not answer for a while, in the middle of jobs.

Every job ends once, with the right numbers, and nobody who asks sees a 5xx.
"""

import itertools
import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

from tests.e2e.person import Person
from tests.faults import faults, invariants
from tests.faults.asking import ask, check_house, check_numbers, wait_for_the_middle
from tests.faults.follower import Follower
from tests.faults.house import SETTINGS, House
from tests.faults.proxy import Line
from tests.faults.questions import Reference, quick, slow

LOCKED_SECONDS = 10.0
PEOPLE = 6


def test_a_job_whose_child_is_killed_is_done_by_the_next_one(
    house: House, person: Person, reference: Reference
) -> None:
    question = slow(1)
    run = ask(person, question)
    wait_for_the_middle(person, run)
    faults.kill_child(house, "a")
    check_numbers(person, run, question, reference)
    own = check_house(house).of_run(run)
    assert invariants.attempts(own) == 2
    assert [job["attempts"] for job in own.jobs] == [2]


def test_a_job_that_loses_its_worker_twice_fails_and_says_why(house: House, person: Person) -> None:
    run, later = ask(person, slow(2)), slow(3, steps=2)
    begun = wait_for_the_middle(person, run)
    faults.kill_child(house, "a")
    wait_for_the_middle(person, run, but=begun)
    faults.kill_child(house, "a")
    state = person.wait(run)
    assert [job["state"] for job in state["jobs"]] == ["failed"]
    assert [result["state"] for result in state["results"]] == ["done", "failed"]
    assert state["jobs"][0]["problem"]["type"] == "/problems/worker-lost"
    assert state["results"][1]["problem"]["type"] == "/problems/worker-lost"
    assert person.wait(ask(person, later))["jobs"][0]["state"] == "done"
    assert invariants.attempts(check_house(house).of_run(run)) == 2


def test_a_worker_that_is_killed_with_its_child_loses_nothing(
    house: House, person: Person, reference: Reference
) -> None:
    question, waiting = slow(4), slow(5, steps=4)
    run, next_one = ask(person, question), ask(person, waiting)
    wait_for_the_middle(person, run)
    faults.kill_worker(house, "a")
    check_numbers(person, run, question, reference)
    check_numbers(person, next_one, waiting, reference)
    check_house(house)


def test_a_redis_that_comes_back_empty_loses_nothing(house: House, person: Person, reference: Reference) -> None:
    first = slow(6)
    questions = [first, *itertools.islice(quick(random.Random(6)), 5)]
    runs = [ask(person, question) for question in questions]
    with Follower(person, runs[0]) as page, Follower(person, runs[-1]) as other:
        wait_for_the_middle(person, runs[0])
        faults.empty_redis(house, down=1)
        runs.append(ask(person, slow(7, steps=4)))
        page.check()
        other.check()
    for run, question in zip(runs, [*questions, slow(7, steps=4)], strict=True):
        check_numbers(person, run, question, reference)
    assert invariants.attempts(check_house(house).of_run(runs[0])) == 1


def test_a_web_server_that_is_killed_costs_no_run_no_cookie_and_no_news(
    house: House, person: Person, reference: Reference
) -> None:
    question, later = slow(8), slow(9, steps=4)
    run = ask(person, question)
    with Follower(person, run) as page:
        wait_for_the_middle(person, run)
        assert page.opened(1)
        faults.restart_web(house, down=1)
        after = ask(person, later)
        page.check()
        assert page.opened(2)
    check_numbers(person, run, question, reference)
    check_numbers(person, after, later, reference)
    mine = {summary["id"] for summary in person.http.get("/api/runs").json()}
    assert {run, after} <= mine
    check_house(house)


def test_a_database_that_is_locked_for_ten_seconds_only_costs_time(
    house: House, person: Person, reference: Reference
) -> None:
    question = slow(21)
    run = ask(person, question)
    wait_for_the_middle(person, run)
    asked = list(itertools.islice(quick(random.Random(21)), PEOPLE))
    with ThreadPoolExecutor(PEOPLE) as people:
        began = time.monotonic()
        pending: list[Future[str]] = []

        def meanwhile() -> None:
            pending.extend(people.submit(ask, person, each) for each in asked)
            assert person.http.get("/api/runs").status_code == 200  # reading needs no lock

        faults.lock_database(house, LOCKED_SECONDS, meanwhile)
        runs = [answer.result() for answer in pending]
        assert time.monotonic() - began >= LOCKED_SECONDS
    for each, about in zip([run, *runs], [question, *asked], strict=True):
        check_numbers(person, each, about, reference)
    assert invariants.attempts(check_house(house).of_run(run)) == 1


def test_a_page_whose_line_is_dead_for_a_minute_misses_no_news(
    house: House, person: Person, reference: Reference
) -> None:
    """What a minute means here: longer than news wait in Redis, and than the web server keeps a silent socket."""
    minute = 2.5 * float(SETTINGS["TESSERA_NEWS_SECONDS"])
    questions = [slow(31), slow(32)]
    runs = [ask(person, question) for question in questions]
    with Line(house.port) as line, ExitStack() as open_pages:
        person.address = line.address
        pages = [open_pages.enter_context(Follower(person, run)) for run in runs]
        wait_for_the_middle(person, runs[0])
        assert all(page.opened(1) for page in pages)
        line.silence()
        time.sleep(minute)
        line.cut()
        for run in runs:
            person.wait(run)
        assert pages[1].state["seq"] < person.state(runs[1])["seq"], "there was no news to be missed"
        line.mend()
        for page in pages:
            page.check()
            assert page.opened(2)
            assert page.sockets == 2
    for run, question in zip(runs, questions, strict=True):
        check_numbers(person, run, question, reference)
    check_house(house)


def test_the_same_wake_up_to_two_workers_computes_each_job_once(
    house: House, person: Person, reference: Reference
) -> None:
    house.add_worker("b")
    questions = [slow(41, steps=4), *itertools.islice(quick(random.Random(41)), 12)]
    runs = []
    for question in questions:
        runs.append(ask(person, question))
        for queue in ("gpu", "cpu"):
            faults.wake_many(house, queue, 10)
    for run, question in zip(runs, questions, strict=True):
        check_numbers(person, run, question, reference)
    found = check_house(house)
    for run in runs:
        assert invariants.attempts(found.of_run(run)) == 1
    house.stop("b")
