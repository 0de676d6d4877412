"""Whether decoding gives the text back, and if not, what is lost."""

import unicodedata
from collections.abc import Callable, Sequence
from itertools import combinations

from workers.models.tokenizing.base import Piece, TextTokenizer


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(char for char in apart if unicodedata.category(char) != "Mn")


def _without_controls(text: str) -> str:
    return "".join(char for char in text if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf"))


_LOSSES: list[tuple[str, Callable[[str], str]]] = [
    ("spaces", _without_spaces),
    ("the composition of characters (NFC)", lambda text: unicodedata.normalize("NFC", text)),
    ("capital letters", str.lower),
    ("compatibility forms (NFKC)", lambda text: unicodedata.normalize("NFKC", text)),
    ("accents", _without_accents),
    ("control characters", _without_controls),
]


def decoded(tokenizer: TextTokenizer, text: str, pieces: Sequence[Piece]) -> str:
    """The text that the tokens of a text decode to; special tokens that were typed stand for themselves.

    Unknown characters decode to nothing; spaces are not cleaned up afterwards.
    """
    source = text.encode()
    parts = tokenizer.decode_parts([piece.id for piece in pieces])
    data = (
        source[piece.start : piece.end] if piece.special else separator + part
        for piece, (separator, part) in zip(pieces, parts, strict=True)
    )
    return b"".join(data).decode(errors="replace")


def losses(tokenizer: TextTokenizer, text: str, pieces: Sequence[Piece]) -> list[str]:
    """What encoding and decoding a text loses, as few things as explain it; empty if nothing is lost."""
    if _spells(text, pieces):
        return []
    got = decoded(tokenizer, text, pieces)
    if got == text:
        return []
    found: list[str] = []
    unknown = [piece for piece in pieces if piece.id == tokenizer.unk_id and not piece.special]
    if unknown:
        found.append("characters that it does not know")
        text = _leave_out(text, unknown)
        if got == text:
            return found
    for size in range(1, len(_LOSSES) + 1):
        for some in combinations(_LOSSES, size):
            if _through(text, some) == _through(got, some):
                return found + [name for name, _ in some]
    return [*found, "more than spaces, letter case, accents and Unicode forms"]


def _spells(text: str, pieces: Sequence[Piece]) -> bool:
    """Whether the pieces are the text, byte for byte: then there is nothing to decode."""
    edges = [0, *(piece.end for piece in pieces)]
    whole = all(piece.start == edge and piece.surface is None for piece, edge in zip(pieces, edges, strict=False))
    return whole and edges[-1] == len(text.encode())


def _leave_out(text: str, pieces: Sequence[Piece]) -> str:
    source, at, kept = text.encode(), 0, bytearray()
    for piece in pieces:
        kept += source[at : piece.start]
        at = piece.end
    return bytes(kept + source[at:]).decode(errors="replace")


def _through(text: str, some: Sequence[tuple[str, Callable[[str], str]]]) -> str:
    for _, change in some:
        text = change(text)
    return text
