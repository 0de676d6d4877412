"""Starts processes in order, starts the dead ones again, and stops all in reverse order."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from webapp.supervisor.processes import POLL_SECONDS, Command, Process

HEALTHY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0


class StartError(Exception):
    """The demo cannot start; the message says why, for the person who started it."""


def pause_before(restarts: int) -> float:
    """Seconds to wait before the restart of this number, counted from 0: doubling from half a second."""
    return min(0.5 * 2.0**restarts, LONGEST_PAUSE_SECONDS)


class Supervisor:
    """The processes of one demo. `keep` are file descriptors that stay open until the last process has ended."""

    def __init__(self, folder: Path, say: Callable[[str], None], keep: tuple[int, ...] = ()) -> None:
        self._folder = folder
        self._say = say
        self._processes: dict[str, Process] = {}
        self._restarts: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self.stopping = threading.Event()
        self._guardian = subprocess.Popen(
            [sys.executable, "-m", "webapp.supervisor.guardian"],
            stdin=subprocess.PIPE,
            text=True,
            cwd=folder,
            start_new_session=True,
            pass_fds=keep,
        )

    def start(self, command: Command) -> Process:
        """Start a command and watch over it from now on."""
        process = Process(command, self._folder)
        self._processes[command.name] = process
        self._tell_guardian(f"start {process.pid} {command.stop_seconds}")
        return process

    def run_once(self, command: Command) -> str | None:
        """What a command that ends by itself prints; None if the demo is being stopped. StartError if it fails."""
        process = Process(command, self._folder, capture=True)
        self._tell_guardian(f"start {process.pid} {command.stop_seconds}")
        while process.code is None and not self.stopping.is_set():
            self.stopping.wait(POLL_SECONDS)
        code = process.code
        process.stop()
        self._tell_guardian(f"stop {process.pid}")
        if code:
            raise StartError(f"{command.name} failed:\n{process.last_words()}")
        return None if code is None else process.output

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float) -> bool:
        """Wait for a condition; False if the demo is being stopped.

        Raises StartError, with the end of its log, when a process ends or the time is over before that.
        """
        deadline = time.monotonic() + seconds
        while not self.stopping.is_set():
            for process in self._processes.values():
                if process.code is not None:
                    raise StartError(f"{process.command.name} ended while starting:\n{process.last_words()}")
            if ready():
                return True
            if time.monotonic() > deadline:
                raise StartError(f"{what} did not answer within {seconds:.0f} s; see {self._folder_of_logs()}")
            self.stopping.wait(POLL_SECONDS)
        return False

    def watch(self, each: Callable[[], None] = lambda: None) -> None:
        """Start again what dies, until the demo is to stop; `each` is called between two looks."""
        while not self.stopping.wait(0.2):
            for name, process in list(self._processes.items()):
                if process.code is None:
                    continue
                if process.command.once:
                    self._forget(name, process)
                else:
                    self._revive(name, process)
            each()

    def stop(self) -> None:
        """End everything, the last started first."""
        for process in reversed(list(self._processes.values())):
            process.stop()
            self._tell_guardian(f"stop {process.pid}")
        self._processes.clear()
        self._tell_guardian("quit")
        if self._guardian.stdin is not None:
            self._guardian.stdin.close()
        self._guardian.wait()

    def _forget(self, name: str, process: Process) -> None:
        process.stop()
        self._tell_guardian(f"stop {process.pid}")
        del self._processes[name]
        if process.code:
            self._say(f"{name} failed (exit code {process.code}); its log: {process.command.log}")

    def _revive(self, name: str, process: Process) -> None:
        now = time.monotonic()
        if name not in self._due:
            process.stop()
            self._tell_guardian(f"stop {process.pid}")
            restarts = 0 if now - process.started > HEALTHY_SECONDS else self._restarts.get(name, 0)
            self._restarts[name] = restarts + 1
            self._due[name] = now + pause_before(restarts)
            pause = f"starting it again in {pause_before(restarts):g} s"
            self._say(f"{name} ended (exit code {process.code}), {pause}; its log: {process.command.log}")
        if now >= self._due[name]:
            del self._due[name]
            self.start(process.command)

    def _tell_guardian(self, line: str) -> None:
        if self._guardian.stdin is None or self._guardian.poll() is not None:
            return
        self._guardian.stdin.write(line + "\n")
        self._guardian.stdin.flush()

    def _folder_of_logs(self) -> Path:
        return next(iter(self._processes.values())).command.log.parent if self._processes else self._folder
