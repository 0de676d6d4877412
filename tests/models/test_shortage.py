"""Memory that runs out is recognised, whoever says it, and told with both numbers."""

import subprocess
import sys

import pytest
import torch

from workers.models.room import allowance, available, data, total
from workers.models.shortage import shortage


@pytest.mark.parametrize(
    ("error", "needed"),
    [
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1600 bytes."), 1600),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.50 GiB. GPU 0 has …"), 3 * 2**29),
        (MemoryError("Unable to allocate 29.0 MiB for an array with shape (1,)"), 29 * 2**20),
        (MemoryError(), None),
        (MemoryError("std::bad_alloc"), None),
        (RuntimeError("CUDA error: out of memory"), None),
    ],
)
def test_every_way_of_saying_it_is_understood(error: Exception, needed: int | None) -> None:
    found = shortage(error)
    assert found is not None
    assert found.needed == needed
    assert 0 < found.available <= total()


@pytest.mark.parametrize("error", [RuntimeError("shape mismatch"), ValueError("out of memory"), OSError(12, "x")])
def test_other_errors_are_others(error: Exception) -> None:
    assert shortage(error) is None


def test_what_is_available_stays_within_the_limit_of_the_process() -> None:
    assert 0 < available() <= total()
    code = (
        "import torch; from workers.models.room import available, data, limit\n"
        "from workers.models.shortage import shortage\n"
        "room = 300 * 2**20\n"
        "limit(data() + room)\n"
        "assert room - 20 * 2**20 <= available() <= room, available()\n"
        "try: torch.ones(2**29)\n"
        "except RuntimeError as error: found = shortage(error)\n"
        "assert found.needed == 2**31 and found.available <= room, found\n"
        "torch.ones(2**20)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert data() > 0


def test_the_allowance_is_what_the_house_says_or_leaves_a_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TESSERA_MEMORY_MB", raising=False)
    assert total() / 2 <= allowance() <= total() - min(512 * 2**20, total() // 2)
    monkeypatch.setenv("TESSERA_MEMORY_MB", "300")
    assert allowance() == 300 * 2**20
