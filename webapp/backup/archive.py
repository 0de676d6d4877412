"""The file of a backup: a tar of plain members, and a manifest of what they are, with the checksum of each."""

import hashlib
import io
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ValidationError

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 2**20


class BackupError(Exception):
    """What cannot be saved or put back; the message says why, for the person who asked."""


class Member(BaseModel):
    """One file of the archive."""

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What an archive holds, and of what site."""

    format: int = FORMAT
    version: str
    database: str
    migrations: list[str]
    created: str
    members: dict[str, Member] = {}


class Writer:
    """Adds members; the same name a second time is left out, since files never change."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar, self.manifest = tar, manifest

    def add(self, name: str, file: IO[bytes], size: int) -> bool:
        """Add a file of so many bytes; False when it is there already."""
        if name in self.manifest.members:
            return False
        counted = _Counted(file)
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(time.time())
        self._tar.addfile(info, counted)
        self.manifest.members[name] = Member(bytes=size, sha256=counted.digest.hexdigest())
        return True


class _Counted(io.RawIOBase):
    """Passes what is read on to a checksum."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


@contextmanager
def writing(path: Path, manifest: Manifest) -> Iterator[Writer]:
    """An archive that appears at `path` when it is complete, for its owner's eyes only: it holds the secret key."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                yield Writer(tar, manifest)
                data = manifest.model_dump_json().encode()
                info = tarfile.TarInfo(MANIFEST)
                info.size, info.mode, info.mtime = len(data), 0o600, int(time.time())
                tar.addfile(info, io.BytesIO(data))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


class Reader:
    """An archive whose every member was compared with its checksum."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._infos = {info.name: info for info in tar.getmembers()}
        self.manifest = self._manifest()
        self._check()

    def open(self, name: str) -> IO[bytes]:
        """A member's bytes. BackupError if there is none."""
        found = self._tar.extractfile(self._infos[name]) if name in self._infos else None
        if found is None:
            raise BackupError(f"the archive is damaged: it holds no {name}")
        return found

    def _manifest(self) -> Manifest:
        try:
            manifest = Manifest.model_validate_json(self.open(MANIFEST).read())
        except ValidationError as error:
            raise BackupError("the archive is damaged: its manifest cannot be read") from error
        if manifest.format != FORMAT:
            raise BackupError(f"the archive has format {manifest.format}; this version reads {FORMAT}")
        return manifest

    def _check(self) -> None:
        for name, member in self.manifest.members.items():
            digest, size = hashlib.sha256(), 0
            with self.open(name) as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
            if (size, digest.hexdigest()) != (member.bytes, member.sha256):
                raise BackupError(f"the archive is damaged: {name} is not what was saved")


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """An archive that is whole. BackupError if it is not."""
    try:
        with tarfile.open(path, mode="r:") as tar:
            yield Reader(tar)
    except FileNotFoundError as error:
        raise BackupError(f"there is no file {path}") from error
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{path} is no backup, or was cut off: {error}") from error
