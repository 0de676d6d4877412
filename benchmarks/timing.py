"""Timing in interleaved pairs, and the peak of the memory that a call needs."""

import ctypes
import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Call = Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """Seconds of repeated calls."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of the seconds."""
        return statistics.median(self.seconds)

    def percentile(self, share: float) -> float:
        """The smallest of the seconds that at least this share of them does not exceed (nearest rank)."""
        ordered = sorted(self.seconds)
        return ordered[max(math.ceil(share * len(ordered)), 1) - 1]

    def __str__(self) -> str:
        """Median, then minimum and maximum."""
        return f"{duration(self.median)} ({duration(min(self.seconds))} – {duration(max(self.seconds))})"


@dataclass(frozen=True)
class Pair:
    """Two calls timed in turn: what slows the machine down for a while slows both."""

    ours: Timing
    rival: Timing

    @property
    def ratio(self) -> float:
        """The median of ours ÷ rival over the pairs."""
        return statistics.median(a / b for a, b in zip(self.ours.seconds, self.rival.seconds, strict=True))


def once(call: Call) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def timed(call: Call, repeats: int = 7, warm_up: int = 1) -> Timing:
    """One call, repeated."""
    for _ in range(warm_up):
        call()
    return Timing(tuple(once(call) for _ in range(repeats)))


def paired(ours: Call, rival: Call, repeats: int = 7, warm_up: int = 1) -> Pair:
    """Two calls, warmed up, then timed in turn; the order changes from pair to pair."""
    for _ in range(warm_up):
        ours()
        rival()
    measured: list[tuple[float, float]] = []
    for index in range(repeats):
        if index % 2:
            second, first = once(rival), once(ours)
        else:
            first, second = once(ours), once(rival)
        measured.append((first, second))
    return Pair(Timing(tuple(a for a, _ in measured)), Timing(tuple(b for _, b in measured)))


def peak_memory(call: Call) -> int | None:
    """Bytes by which a call raises this process's resident memory at its peak; None where Linux does not tell.

    What earlier calls freed is given back to the system before, so that it cannot be used again unseen.
    """
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not reset.exists():
        return None
    gc.collect()
    _give_back_freed_memory()
    reset.write_text("5")
    before = _kilobytes(status, "VmRSS")
    call()
    return (_kilobytes(status, "VmHWM") - before) * 1024


def _kilobytes(status: Path, name: str) -> int:
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(name))


def _give_back_freed_memory() -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def duration(seconds: float) -> str:
    """Seconds as a person reads them."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def megabytes(count: int | None) -> str:
    """Bytes as a person reads them."""
    return "not measured here" if count is None else f"{count / 2**20:.0f} MiB"


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Columns, each as wide as its widest cell."""
    widths = [max(len(line[column]) for line in [header, *lines]) for column in range(len(header))]
    rows = [header, ["-" * width for width in widths], *lines]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
