"""The house is there, but something in it does not answer for a while: nothing is lost, and nobody sees a 5xx."""

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
        line.silence()
        time.sleep(minute)
        line.cut()
        for run in runs:
            person.wait(run)
        known = [page.state["seq"] for page in pages]
        assert known[1] < person.state(runs[1])["seq"], "there was no news to be missed"
        line.mend()
        for page in pages:
            page.check()
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
