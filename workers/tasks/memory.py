"""What processes hold of the machine's memory."""

import ctypes
import gc
import sys

import psutil


def of(pid: int | None = None) -> int | None:
    """Bytes that a process (None: this one) holds in memory; None when it is gone or may not be looked at.

    What it shares with other processes is not counted, for its end would not free that; weights that are mapped from
    a file are, as long as nobody else maps them.
    """
    try:
        return int(psutil.Process(pid).memory_full_info().uss)
    except psutil.Error:
        return None


def held() -> int:
    """Bytes that this process holds, of the machine's memory and of the GPU's."""
    torch = sys.modules.get("torch")
    cuda = torch is not None and torch.cuda.is_initialized()
    return (of() or 0) + (int(torch.cuda.memory_reserved()) if torch is not None and cuda else 0)


def freed_since(before: int) -> int:
    """Give back what can be given back; how many bytes fewer this process holds than it did."""
    give_back()
    return max(0, before - held())


def give_back() -> None:
    """Give what this process keeps in reserve back to the system: Python's, the C library's and the GPU's."""
    gc.collect()
    if (torch := sys.modules.get("torch")) is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # only glibc has it
    if trim is not None:
        trim(0)
