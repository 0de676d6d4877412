"""Running text on lines: tiles are wrapped between words and ordered from left to right or right to left.

The order is that of the bidirectional algorithm at the grain of tiles: each runs in its own direction, those
without one (digits, punctuation) in that of their neighbours, else in the paragraph's. Inside a tile the program
that shows the picture orders the characters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal

import regex

from workers.export.metrics import text_width
from workers.export.tiles import Tile, direction, is_thin, pieces

Direction = Literal["ltr", "rtl"]
THIN = 0.3
NAMED = 0.8
ZERO_WIDTH_JOINER = "\u200d"


@dataclass(frozen=True)
class Chunk:
    """A part of a tile that stays on one line."""

    tile: Tile
    text: str
    width: float
    first: bool
    last: bool = False
    mark: bool = False
    ends_line: bool = False
    way: Direction = "ltr"


@dataclass(frozen=True)
class Placed:
    """A chunk with its left edge and its line; `before`/`after`: its letters join those of its neighbours."""

    chunk: Chunk
    x: float
    line: int
    before: bool = False
    after: bool = False


def flow(tiles: Sequence[Tile], width: float, size: float) -> tuple[list[Placed], int]:
    """Where every chunk goes, and how many lines there are."""
    placed: list[Placed] = []
    line = 0
    for paragraph in _paragraphs(tiles, width, size):
        base = direction("".join(chunk.text for chunk in paragraph if not chunk.tile.named)) or "ltr"
        for chunks in _wrapped(paragraph, width, size):
            placed.extend(_on_line(_with_ways(chunks, base), base, width, line))
            line += 1
    return placed, line


def _paragraphs(tiles: Sequence[Tile], width: float, size: float) -> Iterator[list[Chunk]]:
    paragraph: list[Chunk] = []
    for tile in tiles:
        for chunk in _chunks(tile, width, size):
            paragraph.append(chunk)
            if chunk.ends_line:
                yield paragraph
                paragraph = []
    if paragraph:
        yield paragraph


def _chunks(tile: Tile, width: float, size: float) -> list[Chunk]:
    if tile.named or is_thin(tile.text):
        wide = text_width(tile.text, NAMED * size) + 0.5 * size if tile.named else THIN * size
        return [Chunk(tile, tile.text, wide, first=True, last=True, mark=tile.named)]
    chunks: list[Chunk] = []
    for piece in pieces(tile.text):
        for text in _words(piece.shown, width, size) if piece.kind == "text" else [piece.shown]:
            special = piece.kind != "text"
            wide = text_width(text, size) if not special else size * 0.9 * len(text)
            chunks.append(Chunk(tile, text, wide, not chunks, mark=special))
        if piece.kind == "break":
            chunks[-1] = replace(chunks[-1], ends_line=True)
    return [*chunks[:-1], replace(chunks[-1], last=True)]


def _words(text: str, width: float, size: float) -> Iterator[str]:
    for word in regex.findall(r"\s*\S+|\s+", text):
        if text_width(word, size) <= width:
            yield word
            continue
        part = ""
        for grapheme in regex.findall(r"\X", word):
            if part and text_width(part + grapheme, size) > width:
                yield part
                part = ""
            part += grapheme
        yield part


def _wrapped(chunks: Sequence[Chunk], width: float, size: float) -> Iterator[list[Chunk]]:
    line: list[Chunk] = []
    room = width
    for word in _unbroken(chunks):
        for part in [word] if sum(chunk.width for chunk in word) <= width else [[chunk] for chunk in word]:
            wide = sum(chunk.width for chunk in part)
            if line and wide > room + 0.01:
                yield line
                line, room = [], width
                part = [_without_space(part[0], size), *part[1:]]
                wide = sum(chunk.width for chunk in part)
            line += part
            room -= wide
    if line:
        yield line


def _unbroken(chunks: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    word: list[Chunk] = []
    for chunk in chunks:
        if word and (_wide(chunk.text[:1]) or chunk.text[:1].isspace() or _may_break_after(word[-1])):
            yield word
            word = []
        word.append(chunk)
    if word:
        yield word


def _may_break_after(chunk: Chunk) -> bool:
    return chunk.tile.named or chunk.text[-1:].isspace() or _wide(chunk.text[-1:])


def _wide(char: str) -> bool:
    return bool(regex.match(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}]", char))


def _without_space(chunk: Chunk, size: float) -> Chunk:
    stripped = chunk.text.lstrip(" ")
    if chunk.mark or not stripped or stripped == chunk.text:
        return chunk
    return replace(chunk, text=stripped, width=text_width(stripped, size))


def _with_ways(chunks: Sequence[Chunk], base: Direction) -> list[Chunk]:
    own = [None if chunk.tile.named else direction(chunk.text) for chunk in chunks]
    ways: list[Direction] = []
    for place, way in enumerate(own):
        before = next((known for known in reversed(own[:place]) if known), base)
        after = next((known for known in own[place:] if known), base)
        ways.append(way or (before if before == after else base))
    return [replace(chunk, way=way) for chunk, way in zip(chunks, ways, strict=True)]


def _on_line(chunks: Sequence[Chunk], base: Direction, width: float, line: int) -> Iterator[Placed]:
    joins = [_joins(one, other) for one, other in pairwise(chunks)]
    runs = [list(run) for _, run in groupby(range(len(chunks)), key=lambda place: chunks[place].way)]
    ordered = [run if chunks[run[0]].way == "ltr" else run[::-1] for run in runs]
    x = 0.0 if base == "ltr" else width - sum(chunk.width for chunk in chunks)
    for run in ordered if base == "ltr" else ordered[::-1]:
        for place in run:
            before = place > 0 and joins[place - 1]
            after = place < len(joins) and joins[place]
            yield Placed(chunks[place], x, line, before, after)
            x += chunks[place].width


def _joins(one: Chunk, other: Chunk) -> bool:
    if one.mark or other.mark:
        return False
    forward = regex.search(r"[\p{jt=D}\p{jt=C}\p{jt=L}]\p{jt=T}*$", one.text)
    return bool(forward and regex.match(r"[\p{jt=D}\p{jt=C}\p{jt=R}]", other.text))
