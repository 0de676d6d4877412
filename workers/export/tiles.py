"""Units to tiles: what can be drawn apart. A tile holds whole graphemes and every unit that they are made of."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

import regex

from workers.contract import Strip, Unit
from workers.export.markup import legal

LABELS = {"\n": "↵", "\r": "␍", "\t": "⇥"}


@dataclass(frozen=True)
class Tile:
    """Units that share characters, first to last, and the text that stands for them.

    `text` is the source's own; a unit without any (a special token, a frame) has its name there and `named` set.
    """

    units: tuple[int, ...]
    text: str
    named: bool = False


@dataclass(frozen=True)
class Piece:
    """A part of a tile's text: written as it is, or a mark that stands for a character without a shape."""

    text: str
    kind: Literal["text", "mark", "break"] = "text"

    @property
    def shown(self) -> str:
        """What is drawn."""
        return legal(self.text) if self.kind == "text" else "".join(LABELS[char] for char in self.text)


def is_grid(strip: Strip) -> bool:
    """Whether the strip is drawn on a picture: some of its units lie in rows and columns, or have a box."""
    return any(unit.box is not None or unit.row is not None for unit in strip.units)


def unit_name(unit: Unit, index: int) -> str:
    """What a unit is called in lists and tooltips."""
    if unit.text:
        return unit.text
    if unit.surface:
        return unit.surface
    if unit.row is not None and unit.col is not None:
        return f"row {unit.row + 1}, column {unit.col + 1}"
    return f"#{index}"


def tiles(strip: Strip) -> list[Tile]:
    """The strip's units in order, those that share a grapheme (or a `group`) put together."""
    texts = ["" if unit.special else unit.text or "" for unit in strip.units]
    ends = list(accumulate(len(text) for text in texts))
    clean = {0, *accumulate(len(match) for match in regex.findall(r"\X", "".join(texts)))}
    found: list[list[int]] = []
    for index, unit in enumerate(strip.units):
        start = ends[index] - len(texts[index])
        if found and _continues(strip.units[found[-1][-1]], unit, start in clean):
            found[-1].append(index)
        else:
            found.append([index])
    return [_tile(strip, units, texts) for units in found]


def _continues(before: Unit, unit: Unit, clean: bool) -> bool:
    if before.special or unit.special:
        return False
    if before.group is not None and before.group == unit.group:
        return True
    if not unit.text:
        part = unit.byte_start is not None and unit.byte_start != unit.byte_end
        return part and unit.group is None and before.byte_end == unit.byte_start
    return not clean


def _tile(strip: Strip, units: Sequence[int], texts: Sequence[str]) -> Tile:
    text = "".join(texts[index] for index in units)
    first = strip.units[units[0]]
    if text or (first.text == "" and not first.special):
        return Tile(tuple(units), text)
    return Tile(tuple(units), unit_name(first, units[0]), named=True)


def pieces(text: str) -> Iterator[Piece]:
    """The text cut at line breaks and tabs, which are drawn as marks."""
    for match in regex.finditer(r"\r\n|[\n\r\t]|[^\n\r\t]+", text):
        found = match.group()
        if found == "\t":
            yield Piece(found, "mark")
        else:
            yield Piece(found, "break" if found[0] in "\r\n" else "text")


def is_thin(text: str) -> bool:
    """Whether the text has no width of its own: empty, or joiners and other invisible signs alone."""
    return all(unicodedata.category(char) in {"Cf", "Mn", "Me"} for char in text)


def direction(text: str) -> Literal["ltr", "rtl"] | None:
    """The direction of the first strong character (rule P2 of the bidirectional algorithm); None without one."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return None
