"""How wide text will be: Helvetica's widths (which Arial and Liberation Sans share), and fair guesses elsewhere."""

import unicodedata
from functools import lru_cache

import regex

_GROUPS = {
    0.222: "ijl",
    0.191: "'",
    0.26: "|",
    0.278: " !,./:;I[\\]ft",
    0.333: "()-`r",
    0.334: "{}",
    0.355: '"',
    0.389: "*",
    0.469: "^",
    0.5: "cksvxyzJ",
    0.556: "#$0123456789?L_abdeghnopqu",
    0.584: "+<=>~",
    0.611: "FTZ",
    0.667: "&ABEKPSVXY",
    0.722: "CDHNRUw",
    0.778: "GOQ",
    0.833: "Mm",
    0.889: "%",
    0.944: "W",
    1.015: "@",
}
_WIDTHS = {char: width for width, chars in _GROUPS.items() for char in chars}


def text_width(text: str, size: float) -> float:
    """The width of a line of text at a font size."""
    return size * sum(_grapheme_width(match) for match in regex.findall(r"\X", text))


@lru_cache(maxsize=65536)
def _grapheme_width(grapheme: str) -> float:
    known = _WIDTHS.get(grapheme)
    if known is not None:
        return known
    if regex.match(r"[\p{Emoji_Presentation}\p{Regional_Indicator}]", grapheme) or "\ufe0f" in grapheme:
        return 1.25
    shapes = [char for char in unicodedata.normalize("NFD", grapheme) if unicodedata.category(char) not in _FLAT]
    return sum(_char_width(char) for char in shapes)


_FLAT = {"Mn", "Me", "Cf", "Cc"}


def _char_width(char: str) -> float:
    if unicodedata.east_asian_width(char) in {"W", "F"}:
        return 1.0
    if char in _WIDTHS:
        return _WIDTHS[char]
    if 0x0590 <= ord(char) < 0x0900:
        return 0.52
    if unicodedata.category(char) == "Mc":
        return 0.28
    if 0x0900 <= ord(char) < 0x1100:
        return 0.58
    return 0.722 if char.isupper() else 0.556
