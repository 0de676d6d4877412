"""`python -m webapp.backup save FILE` while the site runs; `python -m webapp.backup restore FILE` while it does not."""

import argparse
import os
import sys
from pathlib import Path

import django


def options(arguments: list[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m webapp.backup", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    save = verbs.add_parser("save", help="write the running site to FILE: database, files, and the secret key")
    restore = verbs.add_parser("restore", help="put the site in FILE back; nothing may be running")
    restore.add_argument("--replace", action="store_true", help="also where this site has data of its own")
    for verb in (save, restore):
        verb.add_argument("file", type=Path, metavar="FILE")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Save or restore; the exit status."""
    asked = options(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")
    django.setup()
    from django.conf import settings

    from webapp.backup import site
    from webapp.backup.archive import BackupError
    from webapp.supervisor.demo import claim_folder
    from webapp.supervisor.supervisor import StartError

    path = asked.file.expanduser().resolve()
    try:
        if asked.verb == "save":
            told = site.save(path)
            print(f"saved the database and {told.files} files, {told.bytes / 2**20:.1f} MiB, to {path}")
            return 0
        lock = claim_folder(settings.DATA, seconds=0)
        try:
            told = site.restore(path, replace=asked.replace)
        finally:
            os.close(lock)
    except (BackupError, StartError, OSError) as error:
        print(f"tessera: {error}", file=sys.stderr)
        return 1
    print(f"put back the database and {told.files} files, {told.bytes / 2**20:.1f} MiB, from {path}")
    if told.missing:
        print(f"{told.missing} rows name a file that is not in the backup: they were being deleted", file=sys.stderr)
    if site.other_key():
        print("SECRET_KEY is not the one of the backup: cookies of before open nothing here", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
