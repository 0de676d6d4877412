"""Memory that runs out: the many errors that say so, told as one, with what was asked for and what there was."""

import gc
import re
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

_NUMBER = re.compile(r"allocate ([\d.]+)\s*(bytes|[KMGT]iB)", re.IGNORECASE)
_UNITS = {"bytes": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_SAYS = ("can't allocate memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "std::bad_alloc")
"""What RuntimeErrors say that are no OutOfMemoryError: torch's CPU allocator's, CUDA's own and its libraries'."""
_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Where a container's limit and what it uses are read, in version 2 and 1 of control groups."""


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


def available() -> int:
    """Bytes of the machine's memory that this process may still take: of the machine, its container and its limit."""
    left = [psutil.virtual_memory().available]
    for limit, used in _GROUPS:
        group, held = _read(limit), _read(used)
        if group is not None and held is not None:
            left.append(group - held)
    allowed = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if allowed != resource.RLIM_INFINITY:
        left.append(allowed - data())
    return max(0, min(left))


def total() -> int:
    """Bytes of the machine's memory, or of the container's where that is limited."""
    groups = [limit for path, _ in _GROUPS if (limit := _read(path)) is not None]
    return min([psutil.virtual_memory().total, *groups])


def data() -> int:
    """Bytes of memory that count against RLIMIT_DATA: what this process may write to and shares with none."""
    if sys.platform != "linux":
        return int(psutil.Process().memory_info().rss)
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmData:")).split()[1]) * 1024


def _on_device() -> int:
    """Bytes free on the current GPU, with what torch keeps there for later."""
    free, _ = torch.cuda.mem_get_info()
    return int(free) + int(torch.cuda.memory_reserved()) - int(torch.cuda.memory_allocated())


def _read(path: str) -> int | None:
    """A number that a control group tells; None where there is none (or "max")."""
    try:
        return int(Path(path).read_text())
    except (OSError, ValueError):
        return None
