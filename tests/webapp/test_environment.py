"""Settings from the environment."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from webapp.common.files import AtomicStorage
from webapp.config import environment
from webapp.config.celery import app


def settings_under(tmp_path: Path, names: str, **variables: str) -> dict[str, Any]:
    """The settings of these names in a process of its own with these variables."""
    code = (
        "import json; from webapp.config import settings as s; "
        f"print(json.dumps({{n: getattr(s, n) for n in {names.split()!r}}}, default=str))"
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith(("TESSERA", "DATABASE", "REDIS"))}
    told = own | {"TESSERA_DATA": str(tmp_path), **variables}
    done = subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_alone_it_keeps_everything_in_one_folder(tmp_path: Path) -> None:
    found = settings_under(tmp_path, "DATABASES STORAGES CHANNEL_LAYERS DEBUG CACHES")
    database = found["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "tessera.sqlite3")
    assert database["CONN_MAX_AGE"] == 0
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 20
    assert found["STORAGES"]["default"]["OPTIONS"]["location"] == str(tmp_path / "files")
    assert "InMemory" in found["CHANNEL_LAYERS"]["default"]["BACKEND"]
    assert found["DEBUG"] is False
    assert "dummy" in found["CACHES"]["default"]["BACKEND"]


def test_a_duration_is_a_number_of_seconds_that_makes_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.seconds("TESSERA_LEASE_SECONDS", 30, least=2) == 30
    monkeypatch.setenv("TESSERA_LEASE_SECONDS", "2.5")
    assert environment.seconds("TESSERA_LEASE_SECONDS", 30, least=2) == 2.5
    for wrong in ("soon", "1", "inf", "nan"):
        monkeypatch.setenv("TESSERA_LEASE_SECONDS", wrong)
        with pytest.raises(ValueError, match="TESSERA_LEASE_SECONDS is"):
            environment.seconds("TESSERA_LEASE_SECONDS", 30, least=2)


def test_postgres_redis_and_s3_by_their_addresses(tmp_path: Path) -> None:
    variables = {
        "DATABASE_URL": "postgres://u:p@db:5432/tessera",
        "REDIS_URL": "redis://r:6379/1",
        "TESSERA_POOL": "4",
        "TESSERA_S3_BUCKET": "b",
        "TESSERA_S3_ENDPOINT": "http://s3",
        "TESSERA_PROXIES": "1",
    }
    found = settings_under(tmp_path, "DATABASES STORAGES CHANNEL_LAYERS SECURE_PROXY_SSL_HEADER", **variables)
    database = found["DATABASES"]["default"]
    assert (database["ENGINE"], database["HOST"]) == ("django.db.backends.postgresql", "db")
    assert database["OPTIONS"]["pool"]["max_size"] == 4
    assert database["OPTIONS"]["tcp_user_timeout"] == 20_000
    overridden = variables | {"DATABASE_URL": "postgres://u:p@db:5432/tessera?connect_timeout=3"}
    options = settings_under(tmp_path, "DATABASES", **overridden)["DATABASES"]["default"]["OPTIONS"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (3, 20_000)
    assert database["CONN_MAX_AGE"] == 0
    assert found["CHANNEL_LAYERS"]["default"]["BACKEND"] == "channels_redis.core.RedisChannelLayer"
    assert found["STORAGES"]["default"]["OPTIONS"]["bucket_name"] == "b"
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    variables.pop("TESSERA_POOL")
    workers = settings_under(tmp_path, "DATABASES", **variables)
    assert "pool" not in workers["DATABASES"]["default"].get("OPTIONS", {})


def test_a_sqlite_address_keeps_the_careful_options(tmp_path: Path) -> None:
    found = settings_under(tmp_path, "DATABASES", DATABASE_URL=f"sqlite:///{tmp_path}/other.sqlite3")
    assert found["DATABASES"]["default"]["NAME"] == f"{tmp_path}/other.sqlite3"
    assert found["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_secret_key_is_made_once_for_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = environment.secret_key(tmp_path)
    assert len(key) >= 48
    assert environment.secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    monkeypatch.setenv("SECRET_KEY", "given")
    assert environment.secret_key(tmp_path) == "given"


def test_of_two_that_start_together_both_use_the_first_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: False if path.name == "secret_key" else exists(path))
    assert environment.secret_key(tmp_path) == environment.secret_key(tmp_path)


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERA_LIMIT_IMAGE_PIXELS", "1e6")
    monkeypatch.setenv("TESSERA_LIMIT_QUEUED_JOBS", "7")
    limits = environment.limits()
    assert (limits.image_pixels, limits.queued_jobs, limits.text_characters) == (1_000_000, 7, 200_000)
    monkeypatch.setenv("TESSERA_LIMIT_QUEUED_JOBS", "many")
    with pytest.raises(ValueError, match="TESSERA_LIMIT_QUEUED_JOBS is a number, not 'many'"):
        environment.limits()


def test_messages_are_json_and_nothing_else() -> None:
    assert list(app.conf.accept_content) == ["json"]
    assert app.conf.task_serializer == app.conf.result_serializer == "json"
    assert app.conf.worker_pool == "prefork"
    assert app.conf.worker_concurrency == app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.broker_transport_options["visibility_timeout"] == 3600
    assert {(queue.name, queue.exchange.name, queue.routing_key) for queue in app.conf.task_queues} == {
        ("gpu", "gpu", "gpu"),
        ("cpu", "cpu", "cpu"),
    }


@pytest.mark.django_db
def test_the_tests_run_on_the_database_that_they_were_given() -> None:
    given = os.environ.get("DATABASE_URL", "sqlite:")
    assert connection.vendor == ("postgresql" if given.startswith("postgres") else "sqlite")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="what is asked is SQLite's own")
@pytest.mark.django_db(transaction=True)
def test_sqlite_writes_ahead() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (1,)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    class Torn(ContentFile):  # type: ignore[type-arg]
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"half"
            raise OSError("no space left")

    storage = AtomicStorage(location=tmp_path)
    with pytest.raises(OSError, match="no space"):
        storage.save("a/b.json", Torn(b""))
    assert [path.name for path in tmp_path.rglob("*")] == ["a"]
    storage.save("a/b.json", ContentFile(b"one"))
    storage.save("a/b.json", ContentFile(b"two"))
    assert [path.read_bytes() for path in (tmp_path / "a").iterdir()] == [b"two"]
