"""Two tokenizers' cuts of one text: the places where both cut, and what is added up between them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from workers.contract import Strip, Unit
from workers.core.reading import Tokens

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Aligned:
    """Two strips over the same text, cut into spans wherever both tokenizers begin a token.

    What a tokenizer skips (a gap) belongs to the token after it, at the end of the text to the one before; so every
    span holds a token of each, unless one of them reads nothing at all. Boundaries inside a character are none.
    """

    first: Tokens
    second: Tokens

    @cached_property
    def text(self) -> str:
        """What both strips lie on."""
        return self.first.strip.text()

    @cached_property
    def cuts(self) -> list[int]:
        """Byte offsets, from 0 to the end of the text, at which a span begins or ends."""
        starts = {0, *np.cumsum([len(char.encode()) for char in self.text]).tolist()}
        shared = starts.intersection(*({at for _, at in _beginnings(one.strip)} for one in (self.first, self.second)))
        end = len(self.text.encode())
        return [*sorted({0, *shared} - {end}), end]

    def sums(self, tokens: Tokens, values: Array) -> Array:
        """What the numbers per unit (units) of one of the strips add up to in each span; NaN where one is missing."""
        found = np.zeros(len(self.cuts) - 1, np.float64)
        count = np.zeros(len(found), np.int64)
        for unit, value in zip(tokens.strip.units, values.tolist(), strict=True):
            if unit.id is None or unit.special or unit.byte_start is None:
                continue
            span = min(int(np.searchsorted(self.cuts, unit.byte_start, side="right")), len(found)) - 1
            found[span] += value
            count[span] += 1
        return np.where(count > 0, found, np.nan).astype(np.float32)

    def strip(self, id: str, label: str) -> Strip:
        """The spans as a strip of the first one's role and source."""
        data, like = self.text.encode(), self.first.strip
        lying = [unit for unit in like.units if _lies(unit)]
        behind = np.searchsorted([unit.byte_end or 0 for unit in lying], self.cuts[:-1], side="right").tolist()
        units, char = [], 0
        for start, stop, of in zip(self.cuts, self.cuts[1:], behind, strict=False):
            text = data[start:stop].decode()
            place = {"byte_start": start, "byte_end": stop, "char_start": char, "char_end": char + len(text)}
            units.append(Unit(kind="span", text=text, segment=lying[of].segment, **place))
            char += len(text)
        return Strip(id=id, role=like.role, label=label, source=like.source, units=units)


def _lies(unit: Unit) -> bool:
    """Whether the unit lies on the text: specials that were added lie nowhere."""
    return unit.byte_start is not None and not unit.special


def _beginnings(strip: Strip) -> list[tuple[int, int]]:
    """The units that stand for text, each with the byte offset where it begins, the gap before it included."""
    found: list[tuple[int, int]] = []
    start = None
    for index, unit in enumerate(strip.units):
        if not _lies(unit):
            continue
        start = unit.byte_start if start is None else start
        if unit.id is not None and unit.byte_start != unit.byte_end and start is not None:
            found.append((index, start))
            start = None
    return found


def counterparts(first: Tokens, second: Tokens) -> npt.NDArray[np.int64]:
    """For each unit of the first strip the unit of the second that begins at the same byte; −1 where none does."""
    places = {at: unit for unit, at in reversed(_beginnings(second.strip))}
    found = np.full(len(first.strip.units), -1, np.int64)
    for unit, at in _beginnings(first.strip):
        found[unit] = places.get(at, -1)
    return found
