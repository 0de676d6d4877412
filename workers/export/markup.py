"""Markup that is escaped by construction: a plain string becomes text, only `tag` makes elements."""

from collections.abc import Iterable
from html import escape

VOID = frozenset({"meta", "link", "br"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Content = str | Markup


def tag(name: str, /, *content: Content, **attributes: str | float | int | None) -> Markup:
    """An element. Attribute names: `_` stands for `-`, a trailing `_` is dropped; None leaves one out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(content)}</{name}>")


def join(content: Iterable[Content], between: str = "") -> Markup:
    """Several pieces one after the other."""
    return Markup(between.join(piece if isinstance(piece, Markup) else escape(legal(piece)) for piece in content))


def legal(text: str) -> str:
    """The text with what neither XML nor HTML can hold made visible: U+0007 becomes ␇, others their number."""
    return text if text.isprintable() else "".join(map(_legal, text))


def _legal(char: str) -> str:
    code = ord(char)
    if char in "\t\n\r":
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    hidden = 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code < 0xFDF0
    reorders = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return f"‹U+{code:04X}›" if hidden or reorders else char


def _text(value: str | float | int) -> str:
    if isinstance(value, str):
        return legal(value)
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
