"""What processes hold of the machine's memory."""

import psutil


def of(pid: int | None = None) -> int | None:
    """Bytes that a process (None: this one) holds in memory; None when it is gone or may not be looked at."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return None
