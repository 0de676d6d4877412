"""Two machines with a worker each; one is cut off in the middle of a job, and comes back."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.e2e.person import Person
from tests.faults import invariants
from tests.faults.asking import ask, check_house, check_numbers, wait_for_the_middle
from tests.faults.hosts import HOUSE, Host, hosts
from tests.faults.house import LEASE_SECONDS, House, wait_until
from tests.faults.namespaces import NoNamespaceError
from tests.faults.questions import Reference, slow
from tests.services.postgres import postgres
from tests.services.redis import redis

pytestmark = pytest.mark.services
Town = tuple[House, dict[str, Host]]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A house with Postgres and Redis, and two machines, `north` and `south`, with a worker each."""
    with ExitStack() as stack:
        try:
            machines = stack.enter_context(hosts("north", "south"))
        except NoNamespaceError as reason:
            pytest.skip(str(reason))
        url = stack.enter_context(postgres(listen=HOUSE))
        broker = stack.enter_context(redis(listen=HOUSE))
        house = stack.enter_context(House(tmp_path, {"DATABASE_URL": url}, redis_url=broker))
        for machine in machines:
            house.add_worker(machine.name, inside=machine.enter)
        house.wait_for_workers()
        yield house, {machine.name: machine for machine in machines}


def holder(house: House, run: str) -> str:
    """The machine that holds the job of a run."""
    with psycopg.connect(house.environment["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT worker FROM runs_job WHERE run_id = %s", [run]).fetchone()
    assert row is not None
    return str(row[0]).partition(":")[0]


def test_a_machine_that_is_cut_off_loses_its_job_to_another_and_does_no_harm_when_it_is_back(
    town: Town, reference: Reference
) -> None:
    house, machines = town
    question, later = slow(71, steps=160), slow(72, steps=4)
    with Person(house) as person:
        run = ask(person, question)
        begun = wait_for_the_middle(person, run)
        lost = machines[holder(house, run)]
        lost.cut_off()
        wait_for_the_middle(person, run, but=begun)
        check_numbers(person, run, question, reference)
        own = check_house(house).of_run(run)
        assert invariants.attempts(own) == 2
        assert {job["worker"].partition(":")[0] for job in own.jobs} == set(machines) - {lost.name}
        lost.join()
        log = house.data / "logs" / f"{lost.name}.log"
        wait_until(lambda: "was taken away" in log.read_text("utf-8"), "the lost lease being noticed", 60)
        runs = {ask(person, more): more for more in (later, slow(73, steps=4), slow(74, steps=4))}
        for each, about in runs.items():
            check_numbers(person, each, about, reference)
        time.sleep(LEASE_SECONDS)
        after = check_house(house).of_run(run)
        assert (after.jobs, after.results, after.transitions) == (own.jobs, own.results, own.transitions)
