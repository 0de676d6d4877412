"""A whole site of real processes, each of which may be killed, stopped and started again while the others go on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import psutil

from tests.faults.insistent import Insistent
from webapp.supervisor import demo, redis
from webapp.supervisor.processes import Command, Process

LEASE_SECONDS = 4.0
SETTINGS = {
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "TESSERA_DEVICE": "cpu",
    "TESSERA_LEASE_SECONDS": str(LEASE_SECONDS),
    "TESSERA_SWEEP_SECONDS": "2",
    "TESSERA_NEWS_SECONDS": "2",
    "TESSERA_LIMIT_RUNS_PER_MINUTE": "100000",
    "TESSERA_LIMIT_SOURCES_PER_MINUTE": "100000",
    "TESSERA_LIMIT_READS_PER_MINUTE": "1000000",
    "TESSERA_LIMIT_CHANGES_PER_MINUTE": "100000",
    "TESSERA_LIMIT_SOCKETS_PER_MINUTE": "100000",
    "TESSERA_LIMIT_QUEUED_JOBS": "100000",
    "TESSERA_LIMIT_GPU_SECONDS_PER_HOUR": "1000000",
}
"""As the site is delivered, but with the times that decide how long a test has to wait cut down."""
PINGS = ("--ws-ping-interval", "1", "--ws-ping-timeout", "1")
"""The web server notices after two seconds, not forty, that nobody is at the other end of a socket."""


def wait_until(happens: Callable[[], bool], what: str, seconds: float = 60.0, every: float = 0.05) -> None:
    """Wait for something to happen. AssertionError, saying what, if it does not in time."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        time.sleep(every)


class House:
    """Redis, a web server and any number of workers on one data folder, by the commands of the demo.

    `settings` are more variables for every process, `inside` is what enters the namespace in which all but Redis
    live, `redis_url` another Redis than the one that comes along.
    """

    def __init__(
        self,
        data: Path,
        settings: Mapping[str, str] | None = None,
        *,
        inside: Sequence[str] = (),
        redis_url: str = "",
    ) -> None:
        self.data = data
        self.inside = inside
        self.port = redis.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, Process] = {}
        self.broken: list[str] = []
        self._guardian: subprocess.Popen[str] | None = None
        start_redis, own_url = redis.command(data)
        self.redis_url = redis_url or own_url
        self.environment = {**demo.environment(data, "127.0.0.1", self.redis_url), **SETTINGS, **(settings or {})}
        web = demo.web(data, self.environment, "127.0.0.1", self.port)
        self.commands = {"web": self._entering(replace(web, argv=[*web.argv, *PINGS]), inside)}
        if not redis_url:
            self.commands["redis"] = start_redis

    @staticmethod
    def _entering(command: Command, inside: Sequence[str]) -> Command:
        return replace(command, argv=[*inside, *command.argv])

    def __enter__(self) -> Self:
        argv = [sys.executable, "-m", "webapp.supervisor.guardian"]
        self._guardian = subprocess.Popen(argv, stdin=subprocess.PIPE, text=True, cwd=demo.ROOT, start_new_session=True)
        try:
            if "redis" in self.commands:
                self.start("redis")
            wait_until(lambda: redis.answers(self.redis_url), "Redis answering", 20)
            self._prepare()
            self.start("web")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            error.add_note(self.last_words())
        self.close()

    def _prepare(self) -> None:
        argv = [*self.inside, sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        prepared = Process(Command("prepare", argv, self.data / "logs" / "prepare.log", self.environment), demo.ROOT)
        wait_until(lambda: prepared.code is not None, "the tables being made", 120)
        prepared.stop()
        assert prepared.code == 0, prepared.last_words()

    def add_worker(
        self, name: str, environment: Mapping[str, str] | None = None, *, inside: Sequence[str] | None = None
    ) -> None:
        """Start one more worker."""
        plain = demo.worker(self.data, {**self.environment, **(environment or {})})
        named = replace(plain, argv=[*plain.argv, "--hostname", f"{name}@%h"], log=self.data / "logs" / f"{name}.log")
        self.commands[name] = self._entering(named, self.inside if inside is None else inside)
        self.start(name)

    def start(self, name: str) -> None:
        """Start one of the processes, for the first time or again."""
        process = self.processes[name] = Process(self.commands[name], demo.ROOT)
        self._tell_guardian(f"start {process.pid} 0")

    def _ended(self, process: Process) -> None:
        process.stop()
        self._tell_guardian(f"stop {process.pid}")

    def _tell_guardian(self, line: str) -> None:
        """What it is told of, it ends should the test itself be killed."""
        assert self._guardian is not None
        assert self._guardian.stdin is not None
        self._guardian.stdin.write(f"{line}\n")
        self._guardian.stdin.flush()

    def kill(self, name: str) -> None:
        """`kill -9` of a process and all its children."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        self._ended(process)

    def stop(self, name: str) -> None:
        """End a process in order."""
        self._ended(self.processes.pop(name))

    def revive(self) -> None:
        """Start again what ended by itself, as the supervisor does."""
        for name, process in list(self.processes.items()):
            if process.code is not None:
                self._ended(process)
                self.start(name)

    def child(self, worker: str) -> int | None:
        """The process in which a worker computes; None while there is none."""
        found = [child.pid for child in psutil.Process(self.processes[worker].pid).children()]
        return min(found, default=None)

    def kill_child(self, worker: str) -> None:
        """`kill -9` of the process that computes; its parent lives and starts another one."""
        pid = self.child(worker)
        assert pid is not None, f"the worker {worker} has no child"
        os.kill(pid, signal.SIGKILL)

    def client(self) -> httpx.Client:
        """A person without a browser, who keeps cookies and tries again while nobody answers."""
        return httpx.Client(
            base_url=self.address, timeout=60, follow_redirects=True, transport=Insistent(self.broken.append)
        )

    def wait_for_web(self) -> None:
        """Wait until the web server answers."""
        wait_until(lambda: demo.answer("127.0.0.1", self.port, "/healthz") is not None, "the web server answering", 90)

    def wait_for_workers(self) -> None:
        """Wait until a worker has published what it can run."""
        self.wait_for_web()
        wait_until(lambda: demo.worker_has_reported("127.0.0.1", self.port), "a worker's cards", 120, every=0.2)

    def last_words(self) -> str:
        """The ends of all logs."""
        logs = sorted((self.data / "logs").glob("*.log"))
        return "\n".join(
            f"--- {log.stem}\n" + "\n".join(log.read_text("utf-8", "replace").splitlines()[-25:]) for log in logs
        )

    def close(self) -> None:
        """End everything at once: the data are thrown away."""
        for name in reversed(list(self.processes)):
            self.kill(name)
        if self._guardian is not None:
            self._tell_guardian("quit")
            self._guardian.communicate()
