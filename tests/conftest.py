"""What every test shares: the test data, found through TESSERA_TEST_DATA, and no network."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("TESSERA_TEST_DATA", "../shared/data"))
DATA = (ROOT / DATA).resolve()

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

_left_out = pytest.StashKey[int]()
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--only-database`: what `make check-postgres` runs once more."""
    parser.addoption("--only-database", action="store_true", help="only the tests that touch the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run is not about, and what needs test data where there is none."""
    if config.getoption("--only-database"):
        others = [item for item in items if not _touches_the_database(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if _touches_the_database(item)]
    _leave_out_what_needs_missing_data(config, items)


def _touches_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


def _leave_out_what_needs_missing_data(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With TESSERA_REQUIRE_DATA=1 that is an error."""
    reading = [item for item in items if _needs_data(item)]
    for item in reading:
        item.add_marker("needs_data")
    if not reading or DATA.is_dir():
        return
    if os.environ.get("TESSERA_REQUIRE_DATA") == "1":
        raise pytest.UsageError(f"TESSERA_REQUIRE_DATA=1, but there is no test data in {DATA} (TESSERA_TEST_DATA)")
    config.hook.pytest_deselected(items=reading)
    left = set(reading)
    items[:] = [item for item in items if item not in left]
    config.stash[_left_out] = len(reading)


def _needs_data(item: pytest.Item) -> bool:
    return item.get_closest_marker("needs_data") is not None or "data" in getattr(item, "fixturenames", ())


def pytest_report_collectionfinish(config: pytest.Config) -> str | list[str]:
    """The one line that says what was left out."""
    count = config.stash.get(_left_out, 0)
    return f"no test data in {DATA}: {count} tests that need it are left out (TESSERA_TEST_DATA)" if count else []


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of test data: real models, tokenizers, texts and pictures that are not part of the project."""
    return DATA


@pytest.fixture(autouse=True)
def _requests_are_counted_anew() -> None:
    """Without Redis the site counts requests in its process, which all tests share."""
    if (counters := sys.modules.get("webapp.common.counters")) is not None:
        counters.own().forget()
