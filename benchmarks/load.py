"""Load: 200 open pages and 50 requests a second against the whole stack, on SQLite and on Postgres.

`python -m benchmarks load`; TESSERA_LOAD_SECONDS makes it shorter, TESSERA_LOAD_DATABASES names one database.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.rows import HEADER, Row
from benchmarks.timing import Timing, duration
from tests.e2e.stack import ROOT, Stack, running
from tests.services.postgres import postgres
from webapp.config.environment import HouseLimits

PEOPLE = 50
PAGES_EACH = 4
ENOUGH = 120.0
SECONDS = float(os.environ.get("TESSERA_LOAD_SECONDS", ENOUGH))
WARM_UP = 15.0
DATABASES = os.environ.get("TESSERA_LOAD_DATABASES", "SQLite,Postgres").split(",")
P95 = 0.300
GROWTH = 2.0
"""MiB a minute that a process may grow over the second half: the allocator's noise, not a leak."""
RESULTS = Path(__file__).parent / "results" / "load.md"
RATES = {
    f"TESSERA_LIMIT_{name.upper()}": "1000000"
    for name in HouseLimits.model_fields
    if name.endswith(("_per_minute", "_per_hour")) or name.startswith(("queued_", "open_", "sockets"))
}


@dataclass
class Memory:
    """Resident bytes of one process over time."""

    seconds: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)

    def growth(self) -> float:
        """MiB a minute: the slope of a line through the second half."""
        half = len(self.seconds) // 2
        if len(self.seconds) - half < 3:
            return 0.0
        slope, _ = np.polyfit(self.seconds[half:], np.asarray(self.bytes[half:]) / 2**20, 1)
        return float(slope * 60)

    def __str__(self) -> str:
        return f"{self.bytes[0] / 2**20:.0f} → {self.bytes[-1] / 2**20:.0f} MiB" if self.bytes else "not seen"


def processes(stack: Stack) -> dict[str, psutil.Process]:
    """The web server and the worker's child, which computes."""
    found: dict[str, psutil.Process] = {}
    for process in psutil.Process(stack.process.pid).children(recursive=True):
        line = process.cmdline()
        if "uvicorn" in line and "web" not in found:
            found["web"] = process
        elif "celery" in line and "worker" in line:
            found["worker"] = process  # the last one: the parent comes before its child
    return found


def watched(process: subprocess.Popen[str], stack: Stack) -> dict[str, Memory]:
    """The memory of the stack's processes, twice a second while the load is being measured."""
    assert process.stderr is not None
    memory = {name: Memory() for name in ("web", "worker")}
    for line in process.stderr:
        if line.strip() == "measuring":
            break
    found, began = processes(stack), time.monotonic()
    while process.poll() is None and (passed := time.monotonic() - began) < SECONDS:
        for name, one in found.items():
            memory[name].seconds.append(passed)
            memory[name].bytes.append(one.memory_info().rss)
        time.sleep(0.5)
    return memory


def loaded(stack: Stack) -> tuple[dict[str, Any], dict[str, Memory]]:
    """What the people measured, and the memory meanwhile."""
    asked = {"host": stack.address, "people": PEOPLE, "pages": PAGES_EACH, "seconds": SECONDS, "warm_up": WARM_UP}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.load_process"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    with process.stdin as pipe:
        pipe.write(json.dumps(asked))
    process.stdin = None
    memory = watched(process, stack)
    said, complained = process.communicate(timeout=300)
    if process.returncode:
        raise RuntimeError(f"the load did not end well:\n{complained[-2000:]}")
    return json.loads(said.splitlines()[-1]), memory


@contextmanager
def database(name: str) -> Iterator[dict[str, str]]:
    """What the stack is told about where its rows are."""
    with postgres(settings=("fsync=on", "synchronous_commit=on")) if name == "Postgres" else nullcontext("") as url:
        yield {"DATABASE_URL": url} if url else {}


def _route(where: str, route: str, milliseconds: list[float], everything: float) -> Row:
    timing = Timing(tuple(value / 1000 for value in milliseconds))
    p50, p95, p99 = (timing.percentile(share) for share in (0.5, 0.95, 0.99))
    beside = f"p95 {duration(p95)}, p99 {duration(p99)}"
    rate = f"{len(milliseconds) / everything:.1f}/s"
    return Row(f"{where}: {route}", f"p50 {duration(p50)}", beside, rate, f"p95 ≤ {duration(P95)}", p95 <= P95)


def _counted(what: str, count: int, beside: str) -> Row:
    return Row(what, str(count), beside, "", "0", count == 0)


def measured_rows(where: str, measured: dict[str, Any], memory: dict[str, Memory]) -> Iterator[Row]:
    """The table of one database."""
    seconds, sockets = measured["seconds"], measured["sockets"]
    routes: dict[str, list[float]] = measured["milliseconds"]
    yield _route(where, "every route", [value for values in routes.values() for value in values], seconds)
    for route in sorted(routes):
        yield _route(where, route, routes[route], seconds)
    errors = measured["errors"]
    yield _counted(f"{where}: answers that were errors", sum(errors.values()), "; ".join(errors)[:120])
    beside = f"{sockets['connections']} connections, {sockets['refused']} refused, {sockets['broken']} broken"
    yield Row(f"{where}: open sockets at the end", str(measured["open_sockets"]), beside, "", "")
    beside = f"of {sockets['events']} events; {sockets['away']} passed while a socket was away"
    yield _counted(f"{where}: events that an open socket missed", sockets["missed"], beside)
    beside = f"of {sockets['compared']} pages"
    yield _counted(f"{where}: pages that did not come to know all", sockets["lost"], beside)
    for name, seen in memory.items():
        growth = seen.growth()
        goal = f"≤ {GROWTH:g} MiB a minute"
        yield Row(f"{where}: memory of {name}", f"{growth:+.2f} MiB a minute", str(seen), "", goal, growth <= GROWTH)


def on(name: str) -> Iterator[Row]:
    """A fresh stack on one database under load."""
    with tempfile.TemporaryDirectory() as folder, database(name) as told:
        limits = RATES | {"TESSERA_PROXIES": "1"}
        with running(Path(folder) / "data", **limits, **told) as stack:
            yield from measured_rows(name, *loaded(stack))


def keep(rows: list[Row]) -> None:
    """Write the table to results/load.md."""
    head = [f"| {' | '.join(HEADER)} |", "|" + "---|" * len(HEADER)]
    lines = [f"| {' | '.join(row.cells())} |" for row in rows]
    text = (
        f"# Load\n\n`python -m benchmarks load` on {os.cpu_count()} cores, which the people share with the stack: "
        f"{PEOPLE} people, {PEOPLE * PAGES_EACH} pages with open sockets, {PEOPLE} requests a second "
        f"for {SECONDS:.0f} seconds.\n\n"
    )
    RESULTS.write_text(text + "\n".join([*head, *lines]) + "\n", encoding="utf-8")


def rows() -> Iterator[Row]:
    """Both databases, one after the other; what was measured for two minutes is kept."""
    made: list[Row] = []
    for name in DATABASES:
        for row in on(name):
            made.append(row)
            yield row
    if SECONDS >= ENOUGH:
        keep(made)
