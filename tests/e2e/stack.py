"""The real stack, as `make demo` starts it, on a free port with a data folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180.0

LIMITS = {
    "TESSERA_LIMIT_TEXT_CHARACTERS": "6000",
    "TESSERA_LIMIT_IMAGE_BYTES": "3000000",
    "TESSERA_LIMIT_RUNS_PER_MINUTE": "1000",
    "TESSERA_LIMIT_SOURCES_PER_MINUTE": "1000",
    "TESSERA_LIMIT_QUEUED_JOBS": "200",
    "TESSERA_LIMIT_READS_PER_MINUTE": "100000",
    "TESSERA_LIMIT_CHANGES_PER_MINUTE": "100000",
    "TESSERA_LIMIT_ADMIN_PER_MINUTE": "100000",
    "TESSERA_LIMIT_LOGINS_PER_MINUTE": "1000",
    "TESSERA_LIMIT_GUESSES_PER_MINUTE": "1000",
    "TESSERA_LIMIT_SOCKETS_PER_MINUTE": "10000",
    "TESSERA_LIMIT_OPEN_SOCKETS": "1000",
}


class NoStackError(Exception):
    """The stack did not come up; the message holds what it printed."""


@dataclass
class Stack:
    """A running demo: its address, what it printed, and its process."""

    process: subprocess.Popen[str]
    address: str
    data: Path
    printed: list[str] = field(default_factory=list)
    answering_seconds: float | None = None
    ready_seconds: float | None = None

    @property
    def password(self) -> str:
        """The administrator's password, which was printed once."""
        return str(re.findall(r"password: (\S+),", "\n".join(self.printed))[0])

    def client(self) -> httpx.Client:
        """A person without a browser, who keeps cookies."""
        return httpx.Client(base_url=self.address, timeout=60, follow_redirects=True)

    def stop(self, number: int = signal.SIGINT, seconds: float = 40.0) -> int:
        """Send the supervisor a signal and wait for its end; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def running(data: Path, **environment: str) -> Iterator[Stack]:
    """A demo that is ready, stopped at the end. NoStackError if it does not get there in time."""
    port = free_port()
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp.supervisor", "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "TESSERA_GALLERY": "off", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    stack = Stack(process, f"http://127.0.0.1:{port}", data)
    ready = threading.Event()
    reader = threading.Thread(target=_read, args=(stack, ready, began), daemon=True)
    reader.start()
    try:
        if not ready.wait(START_SECONDS) or process.poll() is not None:
            raise NoStackError("\n".join([*stack.printed, _logs(data)]))
        yield stack
    finally:
        stack.stop()
        reader.join(5)
        if process.stdout is not None:
            process.stdout.close()


def _read(stack: Stack, ready: threading.Event, began: float) -> None:
    assert stack.process.stdout is not None
    for line in stack.process.stdout:
        stack.printed.append(line.rstrip())
        if line.startswith("Tessera is at"):
            stack.answering_seconds = time.monotonic() - began
        if line.startswith("ready:"):
            stack.ready_seconds = time.monotonic() - began
            ready.set()
    ready.set()


def _logs(data: Path) -> str:
    ends = [path.read_text("utf-8", "replace").splitlines()[-15:] for path in sorted((data / "logs").glob("*.log"))]
    return "\n".join(line for end in ends for line in end)
