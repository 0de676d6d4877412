"""Files by content: written whole or not at all, never twice."""

import errno
import os
import tempfile
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

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


def put(name: str, data: bytes) -> None:
    """Keep `data` under a name made of its content; what is there already is left alone. NoRoomError."""
    if default_storage.exists(name):
        return
    try:
        default_storage.save(name, ContentFile(data))
    except OSError as error:
        if error.errno in FULL:
            raise NoRoomError(error.errno, f"no room for {len(data)} bytes", name) from error
        raise


def get(name: str) -> bytes:
    """The bytes kept under `name`. FileNotFoundError if there are none."""
    with default_storage.open(name, "rb") as file:
        data: bytes = file.read()
    return data
