"""Public-domain prose: found in a folder, cut into pieces, every fiftieth of them held out."""

import random
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PIECE = 16_000
HELD_OUT_EVERY = 50
SHAKESPEARE = "tinyshakespeare.txt"


@dataclass(frozen=True)
class Prose:
    """Titles as (author, title), and pieces of their text in a seeded order."""

    titles: tuple[tuple[str, str], ...]
    train: tuple[str, ...]
    held_out: tuple[str, ...]


def read_prose(folder: Path, seed: int = 0) -> Prose:
    """All books of a folder: its `classic_books_selection.tar.gz`, else its .txt and .md files; and Shakespeare."""
    books = sorted(_books(folder))
    if not books:
        raise FileNotFoundError(f"no prose in {folder}: a .tar.gz of books, or .txt files, are looked for")
    train: list[str] = []
    held_out: list[str] = []
    for _, _, text in books:
        for number, start in enumerate(range(0, len(text), PIECE)):
            (held_out if number % HELD_OUT_EVERY == 7 else train).append(text[start : start + PIECE])
    random.Random(f"prose {seed}").shuffle(train)
    return Prose(tuple((author, title) for author, title, _ in books), tuple(train), tuple(held_out))


def _books(folder: Path) -> Iterator[tuple[str, str, str]]:
    archive = folder / "classic_books_selection.tar.gz"
    if archive.exists():
        yield from _archived(archive)
        if (folder / SHAKESPEARE).exists():
            yield _plain(folder / SHAKESPEARE)
        return
    for path in [*folder.rglob("*.txt"), *folder.rglob("*.md")]:
        yield _plain(path)


def _archived(archive: Path) -> Iterator[tuple[str, str, str]]:
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member) if member.isfile() else None
            if content is not None and member.name.endswith((".md", ".txt")):
                name = Path(member.name)
                yield name.parent.name, name.stem, content.read().decode("utf-8", errors="replace")


def _plain(path: Path) -> tuple[str, str, str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.name == SHAKESPEARE:
        return "William Shakespeare", "Plays, a selection", text
    return path.parent.name, path.stem, text
