"""One site for all attacks, and a line of figures at the end."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.hostile.house import House, house

_figures = pytest.StashKey[str]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here waits for a whole site."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[House]:
    """The site, started once."""
    with house(tmp_path_factory.mktemp("hostile") / "data") as made:
        yield made
        request.config.stash[_figures] = made.summary()


@pytest.fixture
def client(site: House) -> Iterator[httpx.Client]:
    """Somebody with a browser of their own."""
    with site.client() as made:
        yield made


@pytest.fixture(autouse=True)
def _nothing_breaks(site: House) -> Iterator[None]:
    """After each test: no 5xx so far, no worker's child died, the site answers and is ready."""
    yield
    assert [line for figures in site.figures.values() for line in figures.broken] == []
    assert site.deaths() == []
    ready = httpx.get(f"{site.address}/readyz").json()
    assert ready["ready"] is True, ready


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was asked, what was answered, what it cost."""
    if said := config.stash.get(_figures, None):
        terminalreporter.section("hostile input")
        terminalreporter.write_line(said)
