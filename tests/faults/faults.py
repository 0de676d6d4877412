"""The faults: each a function that does one thing to a house and, where that is part of it, makes it good again."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg

from tests.faults.house import House, wait_until
from webapp.config.celery import app
from webapp.runs.dispatch import ANALYSE
from webapp.supervisor import redis
from webapp.supervisor.demo import ROOT


def kill_child(house: House, worker: str) -> None:
    """The process that computes is killed; its parent starts another one."""

    def has_child() -> bool:
        house.revive()  # a Celery parent whose child dies before it was ready ends, too
        return house.child(worker) is not None

    wait_until(has_child, f"{worker} having a child", 30)
    house.kill_child(worker)


def kill_worker(house: House, worker: str, down: float = 0.0) -> None:
    """Parent and child are killed at once; the supervisor starts the worker again."""
    house.kill(worker)
    time.sleep(down)
    house.start(worker)


def empty_redis(house: House, down: float = 0.0) -> None:
    """Redis is killed and comes back with nothing in it."""
    house.kill("redis")
    time.sleep(down)
    house.start("redis")
    wait_until(lambda: redis.answers(house.redis_url), "Redis answering", 20)


def restart_web(house: House, down: float = 0.0) -> None:
    """The web server is killed and comes back."""
    house.kill("web")
    time.sleep(down)
    house.start("web")
    house.wait_for_web()


def lock_database(house: House, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Somebody else holds the database so that nobody can write; `meanwhile` is done while it is locked."""
    began = time.monotonic()
    if url := house.environment.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            connection.execute("LOCK TABLE runs_run, runs_job, runs_result IN EXCLUSIVE MODE")
            meanwhile()
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        return
    with closing(sqlite3.connect(house.data / "tessera.sqlite3", timeout=20, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        meanwhile()
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        connection.execute("ROLLBACK")


def ended_jobs(house: House) -> int:
    """How many jobs have ended by now."""
    query = "SELECT count(*) FROM runs_job WHERE finished IS NOT NULL"
    if url := house.environment.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            return int((connection.execute(query).fetchone() or (0,))[0])
    with closing(sqlite3.connect(house.data / "tessera.sqlite3", timeout=20)) as lite:
        return int(lite.execute(query).fetchone()[0])


def wake_many(house: House, queue: str, times: int) -> None:
    """The same wake-up arrives many times over."""
    with app.connection_for_write(house.redis_url) as connection:
        for _ in range(times):
            app.send_task(ANALYSE, kwargs={"queue": queue}, queue=queue, connection=connection, ignore_result=True)


def fill_disk(folder: Path) -> Path:
    """Fill the disk on which a folder lies to the last byte; remove the file that is returned to make room again."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size):
                    pass
    return ballast


def retry(house: House, run: str) -> None:
    """The admin's way to try what failed in a run once more."""
    code = (
        "from webapp.runs.models import Job; from webapp.runs.services import job_retry; "
        f"assert all([job_retry(job=job) for job in Job.objects.filter(run={run!r}, state='failed')])"
    )
    argv = [*house.inside, sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
    subprocess.run(argv, cwd=ROOT, env={**os.environ, **house.environment}, check=True, capture_output=True)
