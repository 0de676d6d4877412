"""What has to hold after every fault, in one place."""

from collections.abc import Iterable
from itertools import pairwise

from tests.faults.ledger import Ledger, Row

ENDED = {"done", "failed", "cancelled"}
AGAIN = "tried again"


def ended_once(ledger: Ledger) -> None:
    """Every job and every result has ended, exactly once since it was last asked for, and nobody holds it."""
    assert [row for row in [*ledger.jobs, *ledger.results] if row["state"] not in ENDED] == []
    assert [job for job in ledger.jobs if job["token"]] == []
    for job in ledger.jobs:
        own = [step for step in ledger.transitions if step["job_id"] == job["id"]]
        _check_steps(job, [step for step in own if step["result_id"] is None])
    for result in ledger.results:
        _check_steps(result, [step for step in ledger.transitions if step["result_id"] == result["id"]])


def _check_steps(row: Row, steps: list[Row]) -> None:
    """The steps are one chain from nothing to the row's state; only trying again leads out of an end."""
    assert steps, f"nothing is written of how {row} came about"
    assert steps[0]["before"] == "", steps
    for earlier, later in pairwise(steps):
        assert earlier["after"] == later["before"], steps
        assert earlier["after"] not in ENDED or later["reason"] == AGAIN, steps
    assert steps[-1]["after"] == row["state"], (row, steps)


def all_done(ledger: Ledger) -> None:
    """Nothing failed."""
    assert [row for row in [*ledger.jobs, *ledger.results] if row["state"] != "done"] == []


def files_whole(ledger: Ledger) -> None:
    """Every finished result lies there with its strips, and nothing lies there that belongs to none."""
    done = {row["key"] for row in ledger.results if row["state"] == "done"}
    wanted = {_path("results", key) for key in done}
    lying = {name for name in ledger.files if name.startswith("results/")}
    strips = {_path("strips", strip) for name in wanted & lying for strip in ledger.files[name]}
    assert wanted | strips == set(ledger.files)


def failed_only_for_lost_workers(ledger: Ledger, most: int) -> None:
    """What did not succeed lost its worker twice, and there is not much of it."""
    failed = [job for job in ledger.jobs if job["state"] != "done"]
    assert len(failed) <= most, failed
    for job in failed:
        assert job["problem"]["type"] == "/problems/worker-lost", job
        assert attempts(Ledger([job], [], [s for s in ledger.transitions if s["job_id"] == job["id"]], {})) == 2


def attempts(ledger: Ledger) -> int:
    """How often jobs were taken up, all in all."""
    return sum(step["after"] == "leased" for step in ledger.transitions)


def reasons(ledger: Ledger) -> list[str]:
    """Why the jobs took their steps, in order."""
    return [step["reason"] for step in ledger.transitions if not step["result_id"]]


def no_fault_of_the_house(broken: Iterable[str]) -> None:
    """Nobody got an answer of 5xx."""
    assert list(broken) == []


def _path(kind: str, key: str) -> str:
    return f"{kind}/{key[:2]}/{key}.json"
