"""Ends the supervised processes when the supervisor is gone without having done so (killed, or crashed).

The supervisor holds the other end of this process's standard input and writes `start PID SECONDS` and `stop PID`
lines. The end of the input without a `quit` means that the supervisor is gone.
"""

import signal
import sys
from collections.abc import Iterable

from webapp.supervisor.processes import stop_group


def orphans(lines: Iterable[str]) -> list[tuple[int, float]]:
    """The processes left behind, with the seconds each may take to end; the last started ends first."""
    left: dict[int, float] = {}
    for line in lines:
        match line.split():
            case ["start", pid, seconds]:
                left[int(pid)] = float(seconds)
            case ["stop", pid]:
                left.pop(int(pid), None)
            case ["quit"]:
                return []
    return list(reversed(left.items()))


def main() -> None:
    """Wait for the end of the input; then end what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for pid, seconds in orphans(sys.stdin):
        stop_group(pid, seconds)


if __name__ == "__main__":
    main()
