"""The throwaway servers are real, answer only to their password, and leave nothing behind."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from redis import Redis

from tests.services.postgres import binaries, postgres
from tests.services.redis import redis
from webapp.supervisor.redis import answers

pytestmark = pytest.mark.services

ROOT = Path(__file__).resolve().parents[2]


def test_postgres_is_empty_behind_a_password_and_gone_after_a_failure() -> None:
    def fail_inside() -> str:
        with postgres() as url:
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (
                    0,
                )
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(url.replace(urlsplit(url).password or "", "wrong"))
            found.append(url)
            raise RuntimeError("in the middle of a test")

    found: list[str] = []
    with pytest.raises(RuntimeError, match="in the middle"):
        fail_inside()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(found[0])


def test_a_server_listens_where_it_is_told() -> None:
    with redis(listen="127.0.0.9") as url, Redis.from_url(url) as client:
        assert "@127.0.0.9:" in url
        assert client.ping()


def test_the_same_port_and_password_again_is_a_redis_that_forgot() -> None:
    with redis() as url, Redis.from_url(url) as client:
        client.set("kept", 1)
    assert not answers(url)
    parts = urlsplit(url)
    with redis(port=parts.port or 0, password=parts.password or "") as again, Redis.from_url(again) as client:
        assert again == url
        assert client.get("kept") is None


def test_a_command_beside_a_database_gives_its_exit_status() -> None:
    ask = "import os, psycopg, sys; psycopg.connect(os.environ['DATABASE_URL']).close(); sys.exit(7)"
    argv = [sys.executable, "-m", "tests.services.postgres", sys.executable, "-c", ask]
    assert subprocess.run(argv, cwd=ROOT, check=False, timeout=60).returncode == 7


def test_the_newest_of_debians_versions_is_taken() -> None:
    assert (binaries() / "pg_dump").exists()
