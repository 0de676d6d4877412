"""The clock of a worker's machine jumps in the middle of jobs: nothing is lost, taken twice or failed."""

import itertools
import random
from pathlib import Path

from tests.e2e.person import Person
from tests.faults import invariants
from tests.faults.asking import ask, check_house, check_numbers, wait_for_the_middle
from tests.faults.clock import Clock
from tests.faults.house import House
from tests.faults.questions import Reference, quick, slow

HOUR = 3600


def test_a_worker_whose_clock_jumps_an_hour_loses_nothing(tmp_path: Path, reference: Reference) -> None:
    clock = Clock(tmp_path)
    some = quick(random.Random(61))
    with House(tmp_path) as house, Person(house) as person:
        house.add_worker("a", clock.environment)
        house.wait_for_workers()
        runs = {}
        for number, jump in enumerate((HOUR, -HOUR, 0)):
            if number == 1:
                house.add_worker("b")  # whose clock is right: it must not take from the other, nor the other from it
            question = slow(61 + number)
            run = ask(person, question)
            wait_for_the_middle(person, run)
            clock.jump(jump)
            runs[run] = question
            runs |= {ask(person, more): more for more in itertools.islice(some, 4)}
            for each, about in runs.items():
                check_numbers(person, each, about, reference)
        found = check_house(house)
        assert [invariants.attempts(found.of_run(run)) for run in runs] == [1] * len(runs)
