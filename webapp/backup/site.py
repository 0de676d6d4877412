"""What a site consists of: rows, files, and the key that signs cookies.

Saved in this order: the files, then the database at one moment, then the files that came meanwhile. A row's file is
written before the row is and never changes, so the file of every row of that moment is in the archive, unless it was
deleted within the seconds between.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from webapp.backup import database
from webapp.backup.archive import BackupError, Manifest, Reader, Writer, reading, writing
from webapp.runs.contents import result_path
from webapp.runs.models import Result, Run, State
from webapp.uploads.models import Source

DATABASE, KEY, FILES = "database", "secret_key", "files/"


@dataclass(frozen=True)
class Told:
    """What was saved or put back: how many files, of how many bytes in all, and rows whose file is missing."""

    files: int
    bytes: int
    missing: int = 0


def save(path: Path) -> Told:
    """Write the running site to a file. BackupError; OSError where the file cannot be written."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder, writing(path, _manifest()) as to:
        _add_files(to)
        dumped = Path(folder) / "database"
        database.dump(dumped)
        with dumped.open("rb") as file:
            to.add(DATABASE, file, dumped.stat().st_size)
        _add_files(to)
        key = settings.SECRET_KEY.encode()
        to.add(KEY, BytesIO(key), len(key))
    return _told(to.manifest)


def restore(path: Path, *, replace: bool = False) -> Told:
    """Put a saved site in the place of this one, which nobody may be using. BackupError.

    Refused where this site has anything of its own, unless it is to be replaced. What is not of the archive's newest
    version is brought to this one's by its migrations.
    """
    with reading(path) as archive:
        _check(archive.manifest)
        if not replace and (kept := _kept()):
            raise BackupError(f"this site has {kept} of its own; --replace puts the backup in their place")
        _write_files(archive)
        with tempfile.NamedTemporaryFile(dir=settings.DATA, prefix=".restore-") as dumped:
            with archive.open(DATABASE) as file:
                shutil.copyfileobj(file, dumped)
            dumped.flush()
            database.load(Path(dumped.name))
        _keep_key(archive.open(KEY).read().decode())
        call_command("migrate", interactive=False, verbosity=0)
        told = _told(archive.manifest)
    return Told(told.files, told.bytes, sum(not default_storage.exists(name) for name in _files_of_rows()))


def other_key() -> bool:
    """Whether this site signs with a key other than the one that was put back, because the environment says so."""
    path = settings.DATA / KEY
    return not path.exists() or path.read_text(encoding="ascii").strip() != settings.SECRET_KEY


def _manifest() -> Manifest:
    applied = MigrationLoader(connection).applied_migrations
    return Manifest(
        version=version("tessera"),
        database=connection.vendor,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        created=timezone.now().isoformat(timespec="seconds"),
    )


def _add_files(to: Writer) -> None:
    for name in _stored(""):
        if f"{FILES}{name}" in to.manifest.members:
            continue
        try:
            with default_storage.open(name, "rb") as file:
                to.add(f"{FILES}{name}", file, file.size)
        except FileNotFoundError:  # deleted since it was listed
            continue


def _stored(folder: str) -> Iterator[str]:
    """Every complete file of the storage."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(files) if not name.startswith("."))
    for name in sorted(folders):
        yield from _stored(f"{folder}{name}/")


def _check(manifest: Manifest) -> None:
    if manifest.database != connection.vendor:
        detail = f"the backup is of a site on {manifest.database}; this one is on {connection.vendor}"
        raise BackupError(f"{detail}: name a database of that kind in DATABASE_URL")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if newer := [name for name in manifest.migrations if name not in known]:
        raise BackupError(f"the backup was made by a newer version (its database has {newer[-1]})")


def _kept() -> str:
    """What this site has that a restore would overwrite, in words; empty if nothing."""
    tables = set(connection.introspection.table_names())
    found: dict[str, int] = {}
    for what, model in (("runs", Run), ("sources", Source), ("accounts", get_user_model())):
        if model._meta.db_table in tables and (count := model._default_manager.count()):
            found[what] = count
    return ", ".join(f"{count} {what}" for what, count in found.items())


def _write_files(archive: Reader) -> None:
    for name in archive.manifest.members:
        if name.startswith(FILES):
            with archive.open(name) as file:
                default_storage.save(name.removeprefix(FILES), File(file))


def _keep_key(key: str) -> None:
    path = settings.DATA / KEY
    path.touch(mode=0o600)
    path.write_text(key, encoding="ascii")


def _files_of_rows() -> Iterator[str]:
    yield from (source.path for source in Source.objects.all().iterator())
    keys = Result.objects.filter(state=State.DONE).exclude(key="").values_list("key", flat=True).distinct()
    yield from (result_path(key) for key in keys.iterator())


def _told(manifest: Manifest) -> Told:
    members = manifest.members
    count = sum(name.startswith(FILES) for name in members)
    return Told(count, sum(member.bytes for member in members.values()))
