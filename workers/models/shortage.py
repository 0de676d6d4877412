"""Memory that runs out: the many errors that say so, told as one, with what was asked for and what there was."""

import gc
import re
from dataclasses import dataclass

import torch

from workers.models.room import available

_NUMBER = re.compile(r"allocate ([\d.]+)\s*(bytes|[KMGT]iB)", re.IGNORECASE)
_UNITS = {"bytes": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_SAYS = ("can't allocate memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "std::bad_alloc")
"""What RuntimeErrors say that are no OutOfMemoryError: torch's CPU allocator's, CUDA's own and its libraries'."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """Bytes that could not be had at once (None: not told), and those that could."""

    needed: int | None
    available: int


def shortage(error: BaseException) -> Shortage | None:
    """What an error says of memory that ran out; None for another error. Call it while the error is handled."""
    text = str(error)
    plain = isinstance(error, RuntimeError) and any(said in text for said in _SAYS)
    if not plain and not isinstance(error, MemoryError | torch.OutOfMemoryError):
        return None
    found = _NUMBER.search(text)
    needed = None if found is None else int(float(found[1]) * _UNITS[found[2].lower()])
    cuda = isinstance(error, torch.OutOfMemoryError) or "CUDA" in text or "CUBLAS" in text
    return Shortage(needed, _on_device() if cuda and torch.cuda.is_available() else available())


def release() -> None:
    """Let go of what nothing refers to any more, on the GPU as well."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _on_device() -> int:
    """Bytes free on the current GPU, with what torch keeps there for later."""
    free, _ = torch.cuda.mem_get_info()
    return int(free) + int(torch.cuda.memory_reserved()) - int(torch.cuda.memory_allocated())
