"""A backup is whole and of one moment, says what is wrong with it, and overwrites nothing unasked."""

import json
import shutil
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import connection
from pytest_django import Settings

from tests.webapp.computing import finish
from tests.webapp.conftest import catalogue, commits, house, person, stranger, wakes
from tests.webapp.person import Person
from webapp.backup import __main__ as command
from webapp.backup import database, site
from webapp.backup.archive import MANIFEST, BackupError
from webapp.runs.models import Run
from webapp.uploads.models import Source

__all__ = ["catalogue", "commits", "house", "person", "stranger", "wakes"]
pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[[dict[str, bytes]], object]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The data folder of the site."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return tmp_path / "data"


@pytest.fixture
def saved(person: Person, tmp_path: Path) -> Path:
    """A backup of a site with one finished run and one account."""
    User.objects.create_user("ada", password="difference engine")
    person.run(text="Mia took the ball.")
    finish()
    site.save(tmp_path / "site.tar")
    return tmp_path / "site.tar"


def lose_everything() -> None:
    """No rows of people, and no files."""
    Run.objects.all().delete()
    Source.objects.all().delete()
    User.objects.all().delete()
    for name in list(site._stored("")):
        default_storage.delete(name)


def altered(path: Path, change: Change) -> Path:
    """The same archive after a change of its members."""
    with tarfile.open(path) as tar:
        members = {info.name: extracted.read() for info in tar if (extracted := tar.extractfile(info))}
    change(members)
    with tarfile.open(path, "w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            other = path.with_name("member")
            other.write_bytes(data)
            with other.open("rb") as file:
                tar.addfile(info, file)
    return path


def manifest(**changes: object) -> Change:
    """A change of the manifest."""

    def change(members: dict[str, bytes]) -> None:
        members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | changes).encode()

    return change


def test_what_was_saved_comes_back(saved: Path, person: Person, settings: Settings, folder: Path) -> None:
    run = Run.objects.get()
    path = f"/api/runs/{run.pk}/results/{person.state(run.pk)['results'][0]['id']}"
    before = person.get(path).content
    lose_everything()
    told = site.restore(saved)
    assert told.missing == 0
    assert told.files >= 3
    assert person.get(path).content == before
    assert User.objects.get().check_password("difference engine")
    assert (folder / "secret_key").read_text() == settings.SECRET_KEY
    assert not site.other_key()


def test_the_file_is_its_owners_and_no_draft_is_left(saved: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir() if "site" in path.name or "backup" in path.name} == {"site.tar"}


def test_what_a_site_has_is_overwritten_only_when_that_is_asked_for(saved: Path, person: Person) -> None:
    person.run(text="Another one.")
    with pytest.raises(BackupError, match=r"2 runs, 2 sources, 1 accounts .*--replace"):
        site.restore(saved)
    assert Run.objects.count() == 2
    site.restore(saved, replace=True)
    assert Run.objects.count() == 1


WRONG: list[tuple[Change, str]] = [
    (lambda members: members.update(database=members["database"][:-1] + b"?"), "database is not what was saved"),
    (lambda members: members.pop("secret_key"), "holds no secret_key"),
    (lambda members: members.pop(MANIFEST), "holds no manifest.json"),
    (lambda members: members.update({MANIFEST: b"{}"}), "manifest cannot be read"),
    (manifest(format=2), "format 2; this version reads 1"),
    (manifest(database="oracle"), "site on oracle"),
    (manifest(migrations=["runs.9999_later"]), r"newer version \(its database has runs.9999_later\)"),
]


def test_what_is_wrong_with_an_archive_is_said_before_anything_changes(saved: Path, tmp_path: Path) -> None:
    for change, said in WRONG:
        wrong = altered(Path(shutil.copy(saved, tmp_path / "wrong.tar")), change)
        with pytest.raises(BackupError, match=said):
            site.restore(wrong, replace=True)
    assert Run.objects.count() == 1


def test_a_file_that_was_cut_off_is_no_backup(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:2000])
    with pytest.raises(BackupError):
        site.restore(saved, replace=True)


def test_a_row_without_its_file_is_counted(saved: Path) -> None:
    def forget(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("files/results/"))
        members.pop(name)
        told = json.loads(members[MANIFEST])
        told["members"].pop(name)
        members[MANIFEST] = json.dumps(told).encode()

    altered(saved, forget)
    lose_everything()
    assert site.restore(saved).missing == 1


def test_a_file_that_comes_while_the_database_is_saved_is_in_it(
    saved: Path, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = database.dump

    def slowly(target: Path) -> None:
        person.run(text="Tom came in meanwhile.")
        finish()
        dump(target)

    monkeypatch.setattr(database, "dump", slowly)
    site.save(saved)
    lose_everything()
    assert site.restore(saved).missing == 0
    assert Run.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Postgres checks its own dumps")
def test_a_damaged_database_is_not_put_back(saved: Path, tmp_path: Path) -> None:
    with tarfile.open(saved) as tar:
        tar.extract("database", tmp_path, filter="data")
    broken = tmp_path / "database"
    data = broken.read_bytes()
    for begin, end in ((0, 100), (4096, 8192)):
        broken.write_bytes(data[:begin] + b"\xff" * (end - begin) + data[end:])
        with pytest.raises(BackupError, match="database in the archive is damaged"):
            database.load(broken)
    assert Run.objects.count() == 1


def test_the_command_says_what_it_did(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["save", str(tmp_path / "again.tar")]) == 0
    assert "saved the database and" in capsys.readouterr().out
    assert command.main(["restore", str(tmp_path / "again.tar")]) == 1
    assert "--replace" in capsys.readouterr().err
    assert command.main(["restore", "--replace", str(tmp_path / "again.tar")]) == 0
    assert "put back the database and" in capsys.readouterr().out
    assert command.main(["restore", str(tmp_path / "nothing.tar")]) == 1
    assert "there is no file" in capsys.readouterr().err
