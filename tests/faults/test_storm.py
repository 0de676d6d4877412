"""Hundreds of small jobs of several people while everything that can fail fails, at random moments under one seed.

Longer, and another one: TESSERA_FAULTS_JOBS=2000 TESSERA_FAULTS_SEED=7 pytest tests/faults/test_storm.py
-o faulthandler_timeout=0
"""

import itertools
import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.e2e.person import Person
from tests.faults import faults, invariants
from tests.faults.asking import ask, check_house, check_numbers
from tests.faults.follower import Follower
from tests.faults.house import House, wait_until
from tests.faults.proxy import Line
from tests.faults.questions import Question, Reference, quick, slow
from tests.services.postgres import postgres

JOBS = int(os.environ.get("TESSERA_FAULTS_JOBS", "220"))
SEED = int(os.environ.get("TESSERA_FAULTS_SEED", "4"))
PEOPLE = 5
FOLLOWED = 3
"""Runs of each person whose page is open all the time."""


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The settings for a database of this kind, which lives as long as it is needed."""
    if kind == "sqlite":
        yield {}
        return
    with postgres() as url:
        yield {"DATABASE_URL": url}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def test_whatever_fails_every_job_ends_once_with_the_right_numbers(
    tmp_path: Path, reference: Reference, kind: str
) -> None:
    jobs = JOBS // 2 if kind == "sqlite" else JOBS - JOBS // 2
    chance = random.Random(SEED)
    with database(kind) as settings, House(tmp_path, settings) as house, Line(house.port) as line:
        for worker in ("a", "b"):
            house.add_worker(worker)
        house.wait_for_workers()
        asked = list(itertools.islice(_mixed(chance), jobs))
        with ExitStack() as stack, ThreadPoolExecutor(PEOPLE) as pool:
            people = [stack.enter_context(Person(house)) for _ in range(PEOPLE)]
            pages = [pool.submit(_live, person, asked[i::PEOPLE], line, i) for i, person in enumerate(people)]
            _storm(house, line, chance, jobs, over=lambda: all(page.done() for page in pages))
            for person, page in zip(people, pages, strict=True):
                for run, question in page.result():
                    _check(person, run, question, reference)
        found = check_house(house)
    assert {job["run__label"] for job in found.jobs} == {question.text[:80] for question in asked}
    assert len(found.jobs) >= jobs
    invariants.failed_only_for_lost_workers(found, most=jobs // 50)


def _mixed(chance: random.Random) -> Iterator[Question]:
    """Mostly small questions; every twentieth takes a second or more, so that faults find something to hit."""
    small = quick(chance)
    for number in itertools.count(1):
        yield slow(number, steps=24) if number % 20 == 0 else next(small)


def _live(person: Person, questions: list[Question], line: Line, seed: int) -> list[tuple[str, Question]]:
    """A person asks all this, with pauses, keeps some pages open, and waits for the ends; the runs."""
    chance = random.Random(SEED + seed)
    person.address = line.address
    asked: list[tuple[str, Question]] = []
    with ExitStack() as pages:
        followers = []
        for number, question in enumerate(questions):
            asked.append((ask(person, question), question))
            if number % (len(questions) // FOLLOWED) == 0:
                followers.append(pages.enter_context(Follower(person, asked[-1][0])))
            time.sleep(chance.uniform(0, 1.2))
        for run, _ in asked:
            person.wait(run)
        for follower in followers:
            follower.check()
    return asked


def _storm(house: House, line: Line, chance: random.Random, jobs: int, over: Callable[[], bool]) -> None:
    """Every fault in random order, once for each hundred jobs; a fault comes when some more jobs have ended."""
    rounds = max(1, jobs // 100)

    def drop() -> None:
        line.cut()
        time.sleep(1)
        line.mend()

    def acts() -> list[Callable[[], None]]:
        one, other = chance.sample(["a", "b"], 2)
        every: list[Callable[[], None]] = [
            lambda: faults.kill_child(house, one),
            lambda: faults.kill_worker(house, other, down=1),
            lambda: faults.empty_redis(house, down=0.5),
            lambda: faults.restart_web(house, down=0.5),
            lambda: faults.lock_database(house, 3),
            lambda: faults.wake_many(house, "gpu", 50),
            drop,
        ]
        return chance.sample(every, len(every))

    for act in itertools.chain.from_iterable(acts() for _ in range(rounds)):
        _wait_for_more(house, chance.randint(1, jobs // (4 * rounds)), over)
        time.sleep(chance.uniform(0, 0.5))
        act()
        house.revive()


def _wait_for_more(house: House, jobs: int, over: Callable[[], bool]) -> None:
    due = faults.ended_jobs(house) + jobs
    wait_until(lambda: over() or faults.ended_jobs(house) >= due, "jobs going on", 120, every=0.2)


def _check(person: Person, run: str, question: Question, reference: Reference) -> None:
    if person.state(run)["jobs"][0]["state"] == "done":
        check_numbers(person, run, question, reference)
