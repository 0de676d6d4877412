"""The database in one file, as of one moment, while it is used: SQLite by its online backup, Postgres by pg_dump."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection

from webapp.backup.archive import BackupError

POSTGRES = Path("/usr/lib/postgresql")


def dump(target: Path) -> None:
    """Write the database as it is at this moment. BackupError."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
    elif connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", _name())
    else:
        raise BackupError(f"there is no backup of a database of the kind {connection.vendor}")


def load(source: Path) -> None:
    """Put a dump in the place of whatever the database holds: all of it, or nothing. BackupError."""
    if connection.vendor == "sqlite":
        _load_sqlite(source)
    else:
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        _run("pg_restore", *options, f"--dbname={_name()}", str(source))
    connection.close()


def _load_sqlite(source: Path) -> None:
    with closing(sqlite3.connect(source)) as dumped:
        try:
            (found,) = dumped.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            found = str(error)
    if found != "ok":
        raise BackupError(f"the database in the archive is damaged: {found}")
    connection.close()
    target = Path(connection.settings_dict["NAME"])
    draft = target.with_name(f"{target.name}.draft")
    shutil.copyfile(source, draft)
    for ending in ("-wal", "-shm"):  # they belong to what is replaced
        target.with_name(target.name + ending).unlink(missing_ok=True)
    draft.replace(target)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _program(name: str) -> str:
    """Debian's newest, else the one on the path: an older program does not read a newer server."""
    debian = sorted(POSTGRES.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which(name)
    if found is None:
        raise BackupError(f"there is no {name} here: install the package postgresql-client")
    return found


def _run(program: str, *arguments: str) -> None:
    where = connection.settings_dict
    told = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    own = {name: str(where[key]) for name, key in told.items() if where[key]}
    done = subprocess.run(
        [_program(program), *arguments], env={**os.environ, **own}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-500:]}")
