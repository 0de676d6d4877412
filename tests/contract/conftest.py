"""One bench of loaded models for all contract tests."""

from collections.abc import Iterator

import pytest
import torch

from tests.conftest import DATA
from tests.contract.subjects import Bench


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Models are loaded when first asked for; those of the test data only in tests that are marked so.

    One thread: models this small are slowed down by more.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield Bench(tmp_path_factory.mktemp("models"), DATA)
    torch.set_num_threads(threads)
