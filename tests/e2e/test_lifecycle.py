"""The demo as a whole: it starts again warm, mends itself, and leaves no process behind however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.person import Person
from tests.e2e.stack import ROOT, Stack, running
from tests.supervisor.scripts import lives, wait_for

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found through /proc")


def children() -> dict[int, list[int]]:
    """Of every process, those that it started."""
    found: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    return found


def descendants(pid: int) -> list[int]:
    """All that a process started, and all that these started."""
    known, waiting = children(), [pid]
    found: list[int] = []
    while waiting:
        waiting += known.get(waiting.pop(), [])
        found = list(dict.fromkeys([*found, *waiting]))
    return found


def named(pids: list[int], word: str) -> list[int]:
    """Those whose command line holds a word."""
    return [pid for pid in pids if word in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")]


def ask(stack: Stack, text: str) -> str:
    """A run that is done."""
    with Person(stack) as person:
        run: str = person.ask(text=text, methods=[{"key": "compare_tokenizers"}])["id"]
        assert person.result(run, "compare_tokenizers")["panels"]
        return run


def test_the_demo_mends_its_worker_stops_on_ctrl_c_and_starts_again_on_the_same_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as stack:
        ask(stack, "before")
        pids = descendants(stack.process.pid)
        assert len(pids) >= 5  # guardian, Redis, the worker and its child, the web server
        os.kill(named(pids, "celery")[0], signal.SIGKILL)
        ask(stack, "after the worker was killed")
        assert any(line.startswith("worker ended (exit code -9)") for line in stack.printed)
        pids = list({*pids, *descendants(stack.process.pid)})
        began = time.monotonic()
        assert stack.stop(signal.SIGINT) == 0
        assert time.monotonic() - began < 20
        assert wait_for(lambda: not any(map(lives, pids)), 2)
        assert stack.printed[-1] == "stopping"
    with running(data) as stack:
        ask(stack, "after the second start")
        assert not any("password" in line for line in stack.printed)
        refused = subprocess.run(
            [sys.executable, "-m", "webapp.supervisor", "--port", stack.address.rpartition(":")[2]],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert refused.returncode == 1
        assert "Address already in use" in refused.stderr
        pids = descendants(stack.process.pid)
        stack.process.kill()
        assert wait_for(lambda: not any(map(lives, pids)), 40)
