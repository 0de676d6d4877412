"""`python -m webapp.supervisor --port 8000 --data .data` runs the whole site on this machine until Ctrl-C."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from webapp.supervisor import demo, redis
from webapp.supervisor.supervisor import StartError, Supervisor

QUIET_SECONDS = 15.0
"""So long after the worker is there, the gallery is begun."""
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m webapp.supervisor", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=demo.ROOT / ".data", help="the one folder that keeps everything")
    return parser.parse_args(arguments)


def start(supervisor: Supervisor, data: Path, host: str, port: int) -> dict[str, str] | None:
    """Bring everything up and say where; what processes are told, None if the demo is being stopped. StartError."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        command, url = redis.command(data)
        supervisor.start(command)
    told = demo.environment(data, host, url)
    password = supervisor.run_once(demo.prepare(data, told))
    if password is None or not supervisor.wait_until(lambda: redis.answers(url), "Redis", 20):
        return None
    supervisor.start(demo.worker(data, told))
    supervisor.start(demo.beat(data, told))
    supervisor.start(demo.web(data, told, host, port))
    if not supervisor.wait_until(lambda: demo.answer(host, port, "/healthz") is not None, "the web server", 90):
        return None
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}/"
    say(f"\nTessera is at {address}")
    if password:
        say(f"its admin at {address}admin/ (name: admin, password: {password.strip()}, shown this once)")
    say(f"everything it keeps is in {data}; Ctrl-C stops it\n")
    return told


class Announcement:
    """Says once that the worker is there, and where each mail lies that the demo writes instead of sending it.

    `afterwards` is called when the worker has been there for a while, so that nobody's first question waits for it.
    """

    def __init__(
        self, data: Path, host: str, port: int, began: float, afterwards: Callable[[], object] = lambda: None
    ) -> None:
        self._mail, self._host, self._port, self._began = data / "mail", host, port, began
        self._afterwards = afterwards
        self._made: float | None = None
        self._letters = set(self._mail.glob("*.log"))
        say(f"the page answers after {time.monotonic() - began:.1f} s; the worker is still loading its models")

    def look(self) -> None:
        """Ask the site, until the worker has published what it can run; look for new mail."""
        for letter in sorted(set(self._mail.glob("*.log")) - self._letters):
            self._letters.add(letter)
            say(f"mail: {letter}")
        now = time.monotonic()
        if self._made is None and demo.worker_has_reported(self._host, self._port):
            self._made = now
            say(f"ready: the worker reported after {now - self._began:.1f} s")
        if self._made is not None and now > self._made + QUIET_SECONDS:
            self._made = float("inf")
            self._afterwards()


def main(arguments: list[str]) -> int:
    """Run the demo until it is told to stop; the exit status."""
    asked = options(arguments)
    data = asked.data.expanduser().resolve()
    began = time.monotonic()
    try:
        demo.claim_port(asked.host, asked.port)
        lock = demo.claim_folder(data)
    except StartError as error:
        print(f"tessera: {error}", file=sys.stderr)
        return 1
    supervisor = Supervisor(demo.ROOT, say, keep=(lock,))
    for number in STOPPING_SIGNALS:
        signal.signal(number, lambda *_: supervisor.stopping.set())
    try:
        if told := start(supervisor, data, asked.host, asked.port):
            gallery = partial(supervisor.start, demo.gallery(data, told)) if demo.wants_gallery() else lambda: None
            supervisor.watch(Announcement(data, asked.host, asked.port, began, gallery).look)
        say("stopping")
    except StartError as error:
        print(f"tessera: {error}", file=sys.stderr)
        return 1
    finally:
        supervisor.stop()
        os.close(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
