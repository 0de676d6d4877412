"""One house at a time, and one reference for all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.person import Person
from tests.faults.house import House
from tests.faults.questions import Reference


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here starts real processes and waits for them."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def reference() -> Reference:
    """What has to come out."""
    return Reference()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with one worker, on SQLite."""
    with House(tmp_path_factory.mktemp("house")) as started:
        started.add_worker("a")
        started.wait_for_workers()
        yield started


@pytest.fixture
def person(house: House) -> Iterator[Person]:
    """Somebody new."""
    with Person(house) as made:
        yield made
