"""From pieces to the units of the contract, and from generated ids to text."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from workers.contract import Segment, Unit
from workers.models.tokenizing.align import byte_positions, grapheme_starts
from workers.models.tokenizing.base import Piece, TextTokenizer


@dataclass(frozen=True, slots=True)
class ContinuedText:
    """A prompt and what was generated after it: `text` is both, `pieces` has one entry for each generated id."""

    text: str
    continuation: str
    pieces: list[Piece]


def continue_text(tokenizer: TextTokenizer, prompt: str, pieces: Sequence[Piece], ids: Sequence[int]) -> ContinuedText:
    """The text of a prompt and the ids generated after it, and where each id lies in its UTF-8.

    Tokens may end inside a character. Bytes that never become one (an unfinished last character, a byte out of
    place, NUL) are no text: no sign is invented for them, the ids that hold them keep them in their `bytes`, and
    `surface` names them. Words of a tokenizer that drops spaces are separated by one, which is a gap.
    """
    before = next((piece.id for piece in reversed(pieces) if not piece.special), None)
    raw, ranges = bytearray(), []
    for separator, data in tokenizer.decode_parts(ids, before=before, spaced=prompt[-1:].isspace()):
        raw += separator
        ranges.append((len(raw), len(raw) + len(data)))
        raw += data
    kept = _characters(bytes(raw))
    position = (np.concatenate(([0], np.cumsum(kept))) + len(prompt.encode())).tolist()
    continuation = bytes(np.frombuffer(bytes(raw), dtype=np.uint8)[kept]).decode()
    made = []
    for id, (start, end) in zip(ids, ranges, strict=True):
        low, high = position[start], position[end]
        special = tokenizer.is_special(id)
        whole = high - low == end - start and bytes(raw[start:end]) == tokenizer.token_bytes(id)
        surface = None if whole and not special else tokenizer.token_string(id)
        made.append(Piece(id=id, start=low, end=high, surface=surface, special=special, generated=True))
    return ContinuedText(text=prompt + continuation, continuation=continuation, pieces=made)


def _characters(raw: bytes) -> npt.NDArray[np.bool_]:
    """Which bytes belong to a character of UTF-8 other than NUL."""
    kept: npt.NDArray[np.bool_] = np.frombuffer(raw, dtype=np.uint8) != 0
    position = 0
    while position < len(raw):
        try:
            raw[position:].decode()
            break
        except UnicodeDecodeError as error:
            kept[position + error.start : position + error.end] = False
            position += error.end
    return kept


def units(
    tokenizer: TextTokenizer,
    text: str,
    pieces: Sequence[Piece],
    *,
    segment: Segment = "prompt",
    generated_from: int | None = None,
) -> list[Unit]:
    """The units of a text: its pieces, and a `gap` for every stretch that no piece covers.

    The `text` of the units that are not special, joined, is the text exactly; a character made of several tokens
    belongs to the first of them. Units share a `group` when they share a grapheme. A special token that was typed
    keeps its text, and so is no special unit. With a continuation, `text` is prompt and continuation, `pieces` are
    those of both, and the bytes from `generated_from` on are the continuation's.
    """
    axis = _Axis(text)
    written = [piece for piece in pieces if not piece.generated]
    generated = [piece for piece in pieces if piece.generated]
    stop = len(axis.source) if generated_from is None else generated_from
    fields = [*axis.fields(tokenizer, written, segment, 0, stop)]
    fields += axis.fields(tokenizer, generated, "generated", stop, len(axis.source))
    return _UNITS.validate_python(fields)


_UNITS = TypeAdapter(list[Unit])


class _Axis:
    """The bytes, code points and graphemes of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.source = text.encode()
        positions = byte_positions(text)
        self.boundaries = set(positions[grapheme_starts(text)].tolist())
        self.char = np.searchsorted(positions, np.arange(len(self.source) + 1)).tolist()
        self.group = -1

    def fields(
        self, tokenizer: TextTokenizer, pieces: Sequence[Piece], segment: Segment, start: int, stop: int
    ) -> Iterator[dict[str, object]]:
        at = start
        for piece in pieces:
            if piece.start > at:
                yield self._gap(at, piece.start, segment)
            if piece.special and piece.start == piece.end:
                yield self._added(piece, segment)
            else:
                yield self._token(tokenizer, piece, segment)
            at = piece.end
        if at < stop:
            yield self._gap(at, stop, segment)

    def _place(self, start: int, end: int, segment: Segment) -> dict[str, object]:
        low, high = self.char[start], self.char[end]
        return {
            "text": self.text[low:high],
            "byte_start": start,
            "byte_end": end,
            "char_start": low,
            "char_end": high,
            "segment": segment,
        }

    def _grouped(self, start: int, end: int) -> int:
        inside = start not in self.boundaries or (start == end and start > 0)
        if not inside or self.group < 0:
            self.group += 1
        return self.group

    def _gap(self, start: int, end: int, segment: Segment) -> dict[str, object]:
        data = b64encode(self.source[start:end]).decode()
        return {
            "kind": "gap",
            "bytes": data,
            "group": self._grouped(start, end),
            **self._place(start, end, segment),
        }

    def _added(self, piece: Piece, segment: Segment) -> dict[str, object]:
        place = self._place(piece.start, piece.end, segment)
        return {"kind": "token", "id": piece.id, "surface": piece.surface, "special": True, **place}

    def _token(self, tokenizer: TextTokenizer, piece: Piece, segment: Segment) -> dict[str, object]:
        return {
            "kind": tokenizer.unit_kind,
            "id": piece.id,
            "surface": piece.surface,
            "bytes": b64encode(tokenizer.token_bytes(piece.id)).decode(),
            "group": self._grouped(piece.start, piece.end),
            **self._place(piece.start, piece.end, segment),
        }
