"""The Redis that comes along is a real one, on loopback, behind a password, with its files in the data folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from tests.supervisor.scripts import wait_for
from webapp.supervisor import redis
from webapp.supervisor.processes import Process


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Process, str]]:
    command, url = redis.command(tmp_path / 'a "quoted" folder')
    process = Process(command, tmp_path)
    assert wait_for(lambda: redis.answers(url)), process.last_words()
    yield process, url
    process.stop()


def test_redis_answers_with_the_password_only(running: tuple[Process, str], tmp_path: Path) -> None:
    _, url = running
    with Redis.from_url(url) as client:
        assert client.config_get("dir") == {"dir": str(tmp_path / 'a "quoted" folder' / "redis")}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
    stranger = url.replace(url.split("@")[0], "redis://")
    with Redis.from_url(stranger.replace("redis://@", "redis://")) as client, pytest.raises(AuthenticationError):
        client.ping()


def test_the_password_is_not_in_the_process_list(running: tuple[Process, str]) -> None:
    process, url = running
    password = url.split(":")[2].split("@")[0]
    assert len(password) == 48
    assert password not in Path(f"/proc/{process.pid}/cmdline").read_text()


def test_redis_is_silent_once_stopped(running: tuple[Process, str]) -> None:
    process, url = running
    process.stop()
    assert not redis.answers(url)
