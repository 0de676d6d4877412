"""Files by content: written whole or not at all, never twice."""

import errno
import os
import secrets
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

YOUNG = timedelta(hours=12)
"""Where a file's age cannot be made new (S3), one that is older is written again."""
FULL = (errno.ENOSPC, errno.EDQUOT)


class NoRoomError(OSError):
    """The disk for files is full; what was to be kept is not there, nor is a part of it."""


class AtomicStorage(FileSystemStorage):
    """A folder in which a file appears only when it is complete; writing a name again replaces it at once."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".draft-")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk if isinstance(chunk, bytes) else chunk.encode())
            Path(draft).chmod(0o644)
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return name

    def refresh(self, name: str) -> bool:
        """Count the age of a file from now on; False if it is not there."""
        try:
            os.utime(self.path(name))
        except FileNotFoundError:
            return False
        return True

    def remove_older(self, name: str, before: datetime) -> int:
        """Remove a file that nobody kept since `before`; the bytes that this freed.

        It is looked at once more under another name, so that who keeps it at this moment either has made it younger
        or finds that it is gone and writes it again.
        """
        path = Path(self.path(name))
        aside = path.with_name(f".gone-{secrets.token_hex(8)}")
        try:
            if path.stat().st_mtime >= before.timestamp():
                return 0
            path.rename(aside)
        except FileNotFoundError:
            return 0
        found = aside.stat()
        if found.st_mtime >= before.timestamp():
            aside.replace(path)
            return 0
        aside.unlink()
        return found.st_size


def put(name: str, data: bytes) -> None:
    """Keep `data` under a name made of its content; of what is there already only the age is new. NoRoomError."""
    if _is_kept(name):
        return
    try:
        default_storage.save(name, ContentFile(data))
    except OSError as error:
        if error.errno in FULL:
            raise NoRoomError(error.errno, f"no room for {len(data)} bytes", name) from error
        raise


def _is_kept(name: str) -> bool:
    """Whether a file is there and will be for as long as whoever keeps it needs to write a row about it."""
    refresh = getattr(default_storage, "refresh", None)
    if refresh is not None:
        return bool(refresh(name))
    if not default_storage.exists(name):
        return False
    return bool(default_storage.get_modified_time(name) > timezone.now() - YOUNG)  # else it is written again


def remove(name: str, *, before: datetime) -> int:
    """Remove a file that nobody kept since `before`; the bytes that this freed, 0 if it stays or is not there."""
    remove_older = getattr(default_storage, "remove_older", None)
    if remove_older is not None:
        return int(remove_older(name, before))
    if not default_storage.exists(name) or default_storage.get_modified_time(name) >= before:
        return 0
    size = default_storage.size(name)
    default_storage.delete(name)
    return int(size)


def get(name: str) -> bytes:
    """The bytes kept under `name`. FileNotFoundError if there are none."""
    with default_storage.open(name, "rb") as file:
        data: bytes = file.read()
    return data
