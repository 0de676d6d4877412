"""A throwaway Postgres for tests, from Debian's packages (`make services` installs them).

`python -m tests.services.postgres COMMAND …` runs a command with DATABASE_URL set to one.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.services.addresses import free_port, reached_at

USER = DATABASE = "tessera"
START_SECONDS = 30.0
STOP_SECONDS = 15.0
UNSAFE_AND_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Nothing survives the test, so nothing has to survive a power cut."""


class NoPostgresError(Exception):
    """There is no Postgres here, or it did not start; the message says why."""


def binaries() -> Path:
    """The folder of the newest Postgres's programs. NoPostgresError if there is none."""
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if debian:
        return max(debian, key=lambda folder: int(folder.parent.name))
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise NoPostgresError("there is no Postgres here: `make services`, or install the package postgresql")


@contextmanager
def postgres(*, listen: str = "127.0.0.1", port: int = 0, settings: tuple[str, ...] = ()) -> Iterator[str]:
    """A new, empty database; yields its DATABASE_URL and ends the server whatever happens inside.

    `listen` may be an address of a network namespace's other end, or "*"; `settings` are more lines of
    postgresql.conf. The server ends with the thread that started it. NoPostgresError if it does not come up.
    """
    programs, port = binaries(), port or free_port(listen)
    password = secrets.token_hex(16)
    folder = Path(tempfile.mkdtemp(prefix="tessera-postgres-"))
    try:
        _make_cluster(programs, folder, password)
        server = _start(programs, folder, listen, port, settings)
        try:
            url = f"postgres://{USER}:{password}@{reached_at(listen)}:{port}/{DATABASE}"
            _wait_and_create(server, folder, url)
            yield url
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(*argv: str) -> list[str]:
    """The command as the user `postgres` when this is root, whom Postgres refuses; it ends when its starter does."""
    asked = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        asked += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [*asked, *argv]


def _make_cluster(programs: Path, folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        shutil.chown(secret, "postgres", "postgres")
    options = ["--username", USER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    argv = [str(programs / "initdb"), "--pgdata", str(folder / "data"), "--pwfile", str(secret), *options]
    made = subprocess.run(_unprivileged(*argv), cwd=folder, capture_output=True, text=True, check=False)
    secret.unlink()
    if made.returncode:
        raise NoPostgresError(f"initdb failed:\n{made.stdout}{made.stderr}")
    with (folder / "data" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all all scram-sha-256\n")


def _start(programs: Path, folder: Path, listen: str, port: int, settings: tuple[str, ...]) -> subprocess.Popen[bytes]:
    own = (f"listen_addresses={listen}", f"port={port}", f"unix_socket_directories={folder}")
    options = [part for setting in (*own, *UNSAFE_AND_FAST, *settings) for part in ("-c", setting)]
    argv = _unprivileged(str(programs / "postgres"), "-D", str(folder / "data"), *options)
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _wait_and_create(server: subprocess.Popen[bytes], folder: Path, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(
                url.rpartition("/")[0] + "/postgres", autocommit=True, connect_timeout=5
            ) as connection:
                connection.execute(f"CREATE DATABASE {DATABASE}")
                return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise NoPostgresError(f"Postgres did not start:\n{(folder / 'log').read_text()}") from error
            time.sleep(0.05)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """A fast shutdown, which ends open sessions; a hard one if that takes too long."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(number)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


def main(command: list[str]) -> int:
    """Run a command beside a Postgres of its own; its exit status."""
    try:
        with postgres() as url:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    except NoPostgresError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
