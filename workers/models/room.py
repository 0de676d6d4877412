"""How much memory there is for this process: the machine's, its container's, its own limit. Without torch."""

import os
import resource
import sys
from pathlib import Path

import psutil

_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Where a container's limit and what it uses are read, in version 2 and 1 of control groups."""
_RESERVE = 512 * 2**20
_SHARE = 8
"""Kept free for all else on the machine: half a GiB, or an eighth of it where that is more."""


def allowance() -> int:
    """Bytes that a worker's child may fill: TESSERA_MEMORY_MB, else the machine's or container's less a reserve."""
    given = os.environ.get("TESSERA_MEMORY_MB", "").strip()
    if given:
        return int(given) * 2**20
    whole = total()
    return max(whole // 2, whole - max(_RESERVE, whole // _SHARE))


def limit(size: int) -> None:
    """Let this process hold so many bytes and no more: what does not fit then fails here, instead of somewhere."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    within = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (within, hard))


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


def _read(path: str) -> int | None:
    """A number that a control group tells; None where there is none (or "max")."""
    try:
        return int(Path(path).read_text())
    except (OSError, ValueError):
        return None
