"""Makes the data folder ready: tables, static files, and at the first start an administrator.

Its own process, since the supervisor loads no Django; prints the new administrator's password, if it made one.
"""

import hashlib
import os
import secrets
from importlib.metadata import version
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

ADMINISTRATOR = "admin"


def static_fingerprint(folders: list[Path]) -> str:
    """Changes whenever a static file of the built frontend or of the admin may have."""
    digest = hashlib.sha256(repr([version(name) for name in ("django", "django-unfold", "django-ninja")]).encode())
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            stat = path.stat()
            digest.update(f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def collect_static_files() -> None:
    """Copy the static files to where they are served from, unless they are there already."""
    stamp = settings.DATA / "static.fingerprint"
    current = static_fingerprint([Path(folder) for folder in settings.STATICFILES_DIRS])
    if stamp.exists() and stamp.read_text() == current:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(current)


def administrator_password() -> str | None:
    """The password of a new administrator; None if there is one already."""
    from django.contrib.auth.models import User

    if User.objects.filter(is_superuser=True).exists():
        return None
    password = os.environ.get("TESSERA_ADMIN_PASSWORD") or secrets.token_urlsafe(12)
    User.objects.create_superuser(ADMINISTRATOR, password=password)
    return password


def main() -> None:
    """Prepare; the only line on standard output is a new administrator's password."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    collect_static_files()
    if password := administrator_password():
        print(password)


if __name__ == "__main__":
    main()
