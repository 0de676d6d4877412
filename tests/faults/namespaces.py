"""Namespaces of the kernel that live as long as one process: a small disk, a host of its own."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from webapp.supervisor.demo import ROOT


class NoNamespaceError(Exception):
    """This machine lets this user make none; the message says what was refused."""


@dataclass(frozen=True)
class Namespace:
    """`enter` before a command's arguments runs it inside; `pid` is the process that holds it open."""

    pid: int
    enter: tuple[str, ...]

    def path(self, inside: Path) -> Path:
        """Where a path inside is found from outside."""
        return Path(f"/proc/{self.pid}/root") / inside.relative_to("/")


@contextmanager
def namespace(kinds: Sequence[str], setup: str) -> Iterator[Namespace]:
    """New namespaces of these kinds (`mount`, `net`, `uts`), prepared by a shell's commands, gone at the end.

    Who is not root becomes it in a user namespace of its own. NoNamespaceError if that is not allowed.
    """
    kinds = [*kinds] if os.geteuid() == 0 else [*kinds, "user"]
    unshare = ["unshare", *(f"--{kind}" for kind in kinds)] + (["--map-root-user"] if "user" in kinds else [])
    holder = subprocess.Popen(
        [*unshare, "sh", "-ec", f"{setup}\necho ready\nexec sleep infinity"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert holder.stdout is not None
    try:
        said = []
        while (line := holder.stdout.readline().strip()) != "ready":
            said.append(line)
            if not line and holder.poll() is not None:
                raise NoNamespaceError(f"no namespaces ({', '.join(kinds)}) here: {' '.join(said).strip()}")
        target = ["--target", str(holder.pid), *(f"--{kind}" for kind in kinds), "--preserve-credentials"]
        yield Namespace(holder.pid, ("nsenter", *target, "env", f"--chdir={ROOT}"))  # entering a mount goes to /
    finally:
        os.killpg(holder.pid, signal.SIGKILL)
        holder.wait()
        holder.stdout.close()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Namespace]:
    """A namespace in which this folder is a disk of its own, of this size (as `1m`)."""
    folder.mkdir(parents=True, exist_ok=True)
    with namespace(["mount"], f"mount -t tmpfs -o size={size},mode=0755 tessera-small '{folder}'") as made:
        yield made
