"""The disk for what people send and what is computed is full: reasons instead of halves, and all is well later."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.person import Document, Person
from tests.faults import faults
from tests.faults.asking import ask, check_house, check_numbers, wait_for_the_middle
from tests.faults.house import House
from tests.faults.namespaces import NoNamespaceError, small_disk
from tests.faults.questions import Question, Reference, slow


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[House, Path]]:
    """A house whose files lie on a disk of two megabytes; and that disk."""
    files = tmp_path / "files"
    try:
        with small_disk(files, "2m") as disk, House(tmp_path, inside=disk.enter) as house:
            house.add_worker("a")
            house.wait_for_workers()
            yield house, disk.path(files)
    except NoNamespaceError as reason:
        pytest.skip(str(reason))


def refusal(answer: httpx.Response) -> Document:
    """The problem of a refusal that tells when to come back."""
    document: Document = answer.json()
    assert (answer.status_code, document["type"]) == (429, "/problems/no-room"), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    return document


def test_a_full_disk_fails_with_a_reason_and_a_retry_succeeds(small: tuple[House, Path], reference: Reference) -> None:
    house, disk = small
    first, waiting = slow(51), Question("Story 52: Ann put the green hat in the hall.", methods=("surprisal",))
    with Person(house) as person, httpx.Client(base_url=house.address, cookies=person.http.cookies) as plain:
        run, queued = ask(person, first), ask(person, waiting)
        wait_for_the_middle(person, run)
        ballast = faults.fill_disk(disk)
        refusal(plain.post("/api/runs", json=slow(53).asked()))
        refusal(plain.post("/api/sources", files={"file": ("a.txt", b"Once upon a time", "text/plain")}))
        state = person.wait(run)
        assert [result["state"] for result in state["results"]] == ["done", "failed"]
        assert state["results"][1]["problem"]["type"] == "/problems/no-room-for-results"
        assert person.http.get(f"/api/runs/{run}/results/{state['results'][0]['id']}").status_code == 200
        assert person.http.get(f"/api/runs/{run}/results/{state['results'][1]['id']}").status_code == 404
        failed = person.wait(queued)["jobs"][0]
        assert (failed["state"], failed["problem"]["type"]) == ("failed", "/problems/no-room-for-results")
        ballast.unlink()
        faults.retry(house, queued)
        again = ask(person, first)
        check_numbers(person, queued, waiting, reference)
        check_numbers(person, again, first, reference)
    check_house(house)
    assert list(disk.rglob(".draft-*")) == []
