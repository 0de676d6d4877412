"""One supervised process: its own session, a log file, and an end that leaves nothing behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Command:
    """What to start. `stop_seconds` is how long it may take to end by itself; `stdin` is written to it at once.

    What runs `once` is not started again when it has ended.
    """

    name: str
    argv: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    stdin: str = ""
    stop_seconds: float = 5.0
    once: bool = False


def group_lives(leader: int) -> bool:
    """Whether any process of the group that this process leads is left."""
    try:
        os.killpg(leader, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def stop_group(leader: int, seconds: float, reap: Callable[[], object] = lambda: None) -> None:
    """Ask the leader to end, wait, then kill what is left of its group.

    Only the leader is asked: a Celery parent ends its children in order. `reap` collects the leader if it is
    this process's child, for a zombie still counts as living.
    """
    _send(os.kill, leader, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while group_lives(leader) and time.monotonic() < deadline:
        reap()
        time.sleep(POLL_SECONDS)
    _send(os.killpg, leader, signal.SIGKILL)


def _send(send: Callable[[int, int], None], target: int, number: int) -> None:
    try:
        send(target, number)
    except (ProcessLookupError, PermissionError):
        return


class Process:
    """A running command. With `capture` its standard output, which has to be short, is in `output` after its end."""

    def __init__(self, command: Command, folder: Path, capture: bool = False) -> None:
        self.command = command
        self.started = time.monotonic()
        self.output = ""
        command.log.parent.mkdir(parents=True, exist_ok=True)
        with command.log.open("ab") as log:
            self._popen = subprocess.Popen(
                command.argv,
                stdin=subprocess.PIPE if command.stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE if capture else log,
                stderr=log,
                env={**os.environ, **command.environment},
                cwd=folder,
                start_new_session=True,
            )
        if self._popen.stdin is not None:
            with self._popen.stdin as pipe:
                pipe.write(command.stdin.encode())

    @property
    def pid(self) -> int:
        """The process's id, which is its group's too."""
        return self._popen.pid

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._popen.poll()

    def stop(self) -> None:
        """End it and everything that it started."""
        stop_group(self.pid, self.command.stop_seconds, self._popen.poll)
        self._popen.wait()
        if self._popen.stdout is not None and not self._popen.stdout.closed:
            with self._popen.stdout as pipe:
                self.output = pipe.read().decode()

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        text = self.command.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])
