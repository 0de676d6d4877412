"""What the demo consists of, and how one knows that each part is up."""

import fcntl
import http.client
import json
import os
import socket
import sys
import time
from pathlib import Path

from webapp.supervisor.processes import Command
from webapp.supervisor.supervisor import StartError

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def claim_port(host: str, port: int) -> None:
    """Check that the web server will be able to listen there. StartError if not."""
    if not 0 < port < 65536:
        raise StartError(f"a port is a number from 1 to 65535, not {port}")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        hint = f"choose another one: make demo PORT={port + 1}"
        raise StartError(f"cannot listen on {host}:{port} ({error.strerror}); {hint}") from error


def claim_folder(data: Path, seconds: float = 20.0) -> int:
    """Lock the data folder for this demo and return the lock's descriptor. StartError if another one has it.

    Waits a little, for a demo that was killed holds it until its processes have ended.
    """
    data.mkdir(parents=True, exist_ok=True)
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                os.close(lock)
                raise StartError(f"{data} is in use by another demo; name another folder: make demo DATA=…") from error
            time.sleep(0.1)


def host_names(host: str) -> str:
    """The host names under which the site answers when it listens on `host`."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host not in LOOPBACK:
        own = socket.gethostname()
        try:
            names += [host, own, socket.getfqdn(), *socket.gethostbyname_ex(own)[2]]
        except OSError:
            names += [host, own]
    return ",".join(dict.fromkeys(names))


def environment(data: Path, host: str, redis_url: str) -> dict[str, str]:
    """What every process of the demo is told."""
    return {
        "DJANGO_SETTINGS_MODULE": "webapp.config.settings",
        "TESSERA_DATA": str(data),
        "TESSERA_HOSTS": os.environ.get("TESSERA_HOSTS") or host_names(host),
        "REDIS_URL": redis_url,
        "PYTHONUNBUFFERED": "1",
    }


def worker(data: Path, told: dict[str, str]) -> Command:
    """The one worker: serves both queues, computes in one child process."""
    arguments = ["worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    argv = [sys.executable, "-m", "celery", "--app", "webapp.config.celery", *arguments]
    return Command("worker", argv, data / "logs" / "worker.log", told, stop_seconds=8.0)


def beat(data: Path, told: dict[str, str]) -> Command:
    """The clock: tells the worker again and again to delete what is kept no longer."""
    arguments = ["beat", "--loglevel", "INFO", "--scheduler", "celery.beat:Scheduler", "--pidfile="]
    argv = [sys.executable, "-m", "celery", "--app", "webapp.config.celery", *arguments]
    return Command("beat", argv, data / "logs" / "beat.log", told)


def web(data: Path, told: dict[str, str], host: str, port: int) -> Command:
    """The web server: pages, API and sockets from one process. Of proxies only TESSERA_PROXIES tells."""
    arguments = ["--host", host, "--port", str(port), "--ws", "websockets-sansio", "--timeout-graceful-shutdown", "2"]
    arguments += ["--no-access-log", "--no-proxy-headers", "--no-server-header", "--ws-max-size", "4096"]
    argv = [sys.executable, "-m", "uvicorn", "webapp.config.asgi:application", *arguments]
    return Command("web", argv, data / "logs" / "web.log", told, stop_seconds=5.0)


def gallery(data: Path, told: dict[str, str]) -> Command:
    """Asks the worked questions that are not answered yet, one after the other, behind everybody else's."""
    argv = ["nice", "-n", "10", sys.executable, str(ROOT / "manage.py"), "gallery"]
    return Command("gallery", argv, data / "logs" / "gallery.log", told, once=True)


def wants_gallery() -> bool:
    """Whether the demo asks the worked questions: yes, unless TESSERA_GALLERY says no."""
    return os.environ.get("TESSERA_GALLERY", "").strip().lower() not in {"0", "false", "no", "off"}


def prepare(data: Path, told: dict[str, str]) -> Command:
    """What makes the data folder ready, once, before the others start."""
    return Command("prepare", [sys.executable, "-m", "webapp.supervisor.prepare"], data / "logs" / "prepare.log", told)


def answer(host: str, port: int, path: str) -> bytes | None:
    """What the web server answers with status 200; None for anything else."""
    connection = http.client.HTTPConnection("127.0.0.1" if host in ("0.0.0.0", "::") else host, port, timeout=2)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.read() if response.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def worker_has_reported(host: str, port: int) -> bool:
    """Whether a worker has published its cards, so that the page can offer something to run.

    A closed house tells strangers of its readiness only.
    """
    if (found := answer(host, port, "/api/methods")) is not None:
        return any(entry["available"] for entry in json.loads(found))
    ready = answer(host, port, "/readyz")
    return ready is not None and bool((json.loads(ready)["workers"] or {}).get("ready"))
