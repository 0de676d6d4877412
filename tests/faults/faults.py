"""The faults: each a function that does one thing to a house and, where that is part of it, makes it good again."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import psycopg

from tests.faults.house import House, wait_until
from webapp.config.celery import app
from webapp.runs.dispatch import ANALYSE
from webapp.supervisor import redis


def kill_child(house: House, worker: str) -> None:
    """The process that computes is killed; its parent starts another one."""
    wait_until(lambda: house.child(worker) is not None, f"{worker} having a child", 30)
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


def wake_many(house: House, queue: str, times: int) -> None:
    """The same wake-up arrives many times over."""
    with app.connection_for_write(house.redis_url) as connection:
        for _ in range(times):
            app.send_task(ANALYSE, kwargs={"queue": queue}, queue=queue, connection=connection, ignore_result=True)
