"""Words and sentences of a strip: which units make one, and which words carry no claim."""

from typing import Annotated, Literal

import regex
from pydantic import Field

from workers.contract import Strip, Unit

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’\-][\p{L}\p{M}\p{N}]+)*")
_SENTENCE = regex.compile(r"\S.*?(?:[.!?…]+[\"”’»)\]]*(?=\s|$)|[。！？]+[」』”]*|(?=\n)|$)", regex.DOTALL)

_FUNCTION_WORDS = """
a about above after again all am an and any are as at be because been before being below between both but by could
did do does doing down during each few for from further had has have having he her here hers herself him himself his
how i if in into is it it's its itself just me more most my myself now of off on once only or other our ours
ourselves out over own same she should so some such than that the their theirs them themselves then there these they
this those through to too under until up very was we were what when where which while who whom why will with would
you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())
"""English function words. Negations are none of them: a claim turns on them."""


Until = Annotated[
    Literal["sentence", "line", "end"],
    Field(description="A sample ends with its first sentence, its first line, or only where the model ends it."),
]
_STOPS: dict[str, list[str]] = {"sentence": [".", "!", "?", "。", "！", "？"], "line": ["\n"], "end": []}


def stops(until: Until) -> list[str]:
    """The texts that end a sample."""
    return _STOPS[until]


def words_of(strip: Strip) -> list[str | None]:
    """For each unit the whole word that it is part of, lower-cased (the first one where there are several)."""
    text = strip.text()
    spans = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    found: list[str | None] = []
    at = 0
    for start, end in _places(strip):
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        inside = at < len(spans) and spans[at][0] < end
        found.append(text[slice(*spans[at])].lower() if inside else None)
    return found


def is_stop_word(word: str | None) -> bool:
    """Whether the word says nothing by itself; what is no word (punctuation, a space) never does."""
    return word is None or word.replace("’", "'") in STOP_WORDS


def sentences_of(strip: Strip, start: int, stop: int) -> list[tuple[int, int]]:
    """The sentences among the units [start, stop), as half-open unit ranges: cut after . ! ? … and at line ends."""
    places = _places(strip)
    low, high = places[start][0], places[stop - 1][1]
    ends = [low + match.end() for match in _SENTENCE.finditer(strip.text()[low:high])]
    found: list[tuple[int, int]] = []
    first = start
    for index in range(start, stop):
        while len(ends) > 1 and ends[0] <= places[index][0]:
            ends.pop(0)
        if ends and places[index][1] >= ends[0] and index + 1 > first:
            found.append((first, index + 1))
            first = index + 1
            ends.pop(0)
    return found if first >= stop else [*found, (first, stop)]


def _places(strip: Strip) -> list[tuple[int, int]]:
    """Code points [start, end) of each unit in the strip's text; special units lie where they stand."""
    found, at = [], 0
    for unit in strip.units:
        length = len(_text(unit))
        found.append((at, at + length))
        at += length
    return found


def _text(unit: Unit) -> str:
    return "" if unit.special else unit.text or ""
