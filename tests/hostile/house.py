"""A real site that is attacked: it counts what it answers, how long that takes, and what it costs its processes."""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.e2e.stack import Stack, running

MANY = {
    f"TESSERA_LIMIT_{name}": "1000000"
    for name in (
        "RUNS_PER_MINUTE",
        "SOURCES_PER_MINUTE",
        "READS_PER_MINUTE",
        "CHANGES_PER_MINUTE",
        "ADMIN_PER_MINUTE",
        "LOGINS_PER_MINUTE",
        "GUESSES_PER_MINUTE",
        "SOCKETS_PER_MINUTE",
        "OPEN_SOCKETS",
        "QUEUED_JOBS",
        "GPU_SECONDS_PER_HOUR",
    )
}
"""Limits that do not stop the attack: what is behind them has to hold, too."""
FINAL = {"done", "failed", "cancelled"}
TIMES = int(os.environ.get("TESSERA_HOSTILE", "1"))
"""How many times as many examples are generated as in the suite."""
LOOK_SECONDS = 0.05


@dataclass
class Figures:
    """What was asked and answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_of: str = ""
    broken: list[str] = field(default_factory=list)

    def note(self, what: str, status: int, seconds: float) -> None:
        """One answer."""
        self.statuses[status] += 1
        if seconds > self.slowest:
            self.slowest, self.slowest_of = seconds, what
        if status >= 500:
            self.broken.append(f"{status} {what}")

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(self.statuses.values())


@dataclass
class House:
    """The site, what it answered so far, and the most memory that its processes held."""

    stack: Stack
    figures: dict[str, Figures] = field(default_factory=dict)
    peak: dict[str, int] = field(default_factory=dict)
    workers: set[int] = field(default_factory=set)

    @property
    def address(self) -> str:
        """The URL without a path."""
        return self.stack.address

    def client(self) -> httpx.Client:
        """Somebody new."""
        return httpx.Client(base_url=self.address, timeout=60)

    def ask(self, group: str, client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer to a request, counted in a group; below /api every problem is a problem document."""
        began = time.perf_counter()
        answer = client.request(method, path, **more)
        self.note(group, f"{method} {path[:80]}", answer.status_code, time.perf_counter() - began)
        if answer.status_code >= 400 and path.startswith("/api/") and method != "HEAD":
            assert answer.headers["content-type"] == "application/problem+json", (path, answer.text[:300])
            assert json.loads(answer.content)["status"] == answer.status_code
        return answer

    def note(self, group: str, what: str, status: int, seconds: float) -> None:
        """An answer that something else asked for."""
        self.figures.setdefault(group, Figures()).note(what, status, seconds)

    def processes(self) -> dict[str, list[psutil.Process]]:
        """The site's processes by what they are."""
        found: dict[str, list[psutil.Process]] = {"web": [], "decoder": [], "worker": []}
        for process in psutil.Process(self.stack.process.pid).children(recursive=True):
            try:
                line = " ".join(process.cmdline())
            except psutil.Error:
                continue
            for name, mark in (("decoder", "webapp.uploads.decoder"), ("web", "uvicorn"), ("worker", "celery")):
                if mark in line:
                    found[name].append(process)
                    break
        return found

    def look(self) -> None:
        """Note what each kind of process holds now."""
        for name, processes in self.processes().items():
            for process in processes:
                try:
                    self.peak[name] = max(self.peak.get(name, 0), _most_held(process))
                except (psutil.Error, OSError):
                    continue

    def deaths(self) -> list[str]:
        """What the worker's log says of children that died."""
        log = (self.stack.data / "logs" / "worker.log").read_text("utf-8", "replace").splitlines()
        marks = ("WorkerLostError", "exited with", "Segmentation", "panicked", "SIGKILL", "MemoryError")
        return [line for line in log if any(mark in line for mark in marks)]

    def wait(self, client: httpx.Client, run: str, seconds: float = 120) -> dict[str, Any]:
        """The state of a run whose every part has ended."""
        until = time.monotonic() + seconds
        while True:
            state: dict[str, Any] = client.get(f"/api/runs/{run}").raise_for_status().json()
            if all(part["state"] in FINAL for part in [*state["jobs"], *state["results"]]):
                return state
            assert time.monotonic() < until, state
            time.sleep(0.1)

    def summary(self) -> str:
        """The figures as lines."""
        lines = []
        for group, figures in self.figures.items():
            counts = ", ".join(f"{count} × {status}" for status, count in sorted(figures.statuses.items()))
            slow = f"slowest {figures.slowest:.2f} s ({figures.slowest_of})"
            lines.append(f"{group}: {figures.requests} requests; {counts}; {slow}")
        held = ", ".join(f"{name} {size / 2**20:.0f} MiB" for name, size in sorted(self.peak.items()))
        lines.append(f"most memory held: {held}; workers' children that died: {len(self.deaths())}")
        return "\n".join(lines)


def _most_held(process: psutil.Process) -> int:
    """Bytes of memory that a process held at most so far, as Linux counts them; elsewhere those that it holds now."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return int(process.memory_info().rss)
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@contextmanager
def house(data: Path, **environment: str) -> Iterator[House]:
    """A running site, watched until the end."""
    with running(data, **{**MANY, "TESSERA_LOG": "WARNING", **environment}) as stack:
        made = House(stack)
        over = threading.Event()
        watching = threading.Thread(target=_watch, args=(made, over), daemon=True)
        watching.start()
        try:
            yield made
        finally:
            over.set()
            watching.join(5)


def _watch(made: House, over: threading.Event) -> None:
    while not over.wait(LOOK_SECONDS * (os.cpu_count() or 1) * 5):
        made.look()
