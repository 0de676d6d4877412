"""Small programs that stand for the demo's processes, and ways to see whether processes live."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from webapp.supervisor.processes import Command

WAITS = "import time\nwhile True: time.sleep(0.05)"

NOTES_ITS_END = """
import signal, sys, time
def end(*_):
    with open(sys.argv[1], "a") as file: file.write(sys.argv[2] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
while True: time.sleep(0.05)
"""

STUBBORN_WITH_CHILD = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
with open(sys.argv[1] + (".child" if child == 0 else ".parent"), "w") as file: file.write(str(os.getpid()))
while True: time.sleep(0.05)
"""


def python(name: str, program: str, folder: Path, *arguments: str, stop_seconds: float = 3.0) -> Command:
    """A command that runs a Python program, logging into the folder."""
    return Command(name, [sys.executable, "-c", program, *arguments], folder / f"{name}.log", stop_seconds=stop_seconds)


def wait_for(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Whether a condition came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def lives(pid: int) -> bool:
    """Whether a process runs (one that ended and was not yet collected does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")
