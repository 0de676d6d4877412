"""Plain bytes: every byte of the UTF-8 is a token."""

import hashlib
import json
from collections.abc import Mapping

import regex

from workers.models.tokenizing.base import Piece, SpecialText, TextTokenizer


class ByteTokenizer(TextTokenizer):
    """Bytes as ids, after `shift` ids of other use; `specials` are special tokens by name."""

    algorithm = "Bytes"
    unit_kind = "byte"
    notes = ("Nothing is normalised and no space is added.",)

    def __init__(self, name: str = "bytes", *, shift: int = 0, specials: Mapping[str, int] | None = None) -> None:
        self.name = name
        self._shift = shift
        self._specials = dict(specials or {})
        self._names = {id: text for text, id in self._specials.items()}
        self._typed = regex.compile("(" + "|".join(map(regex.escape, self._specials)) + ")") if specials else None
        self.vocabulary_size = max(shift + 255, *self._names) + 1 if specials else shift + 256
        self.special_ids = frozenset(self._names)
        self.hash = hashlib.sha256(json.dumps(["bytes", shift, self._specials], sort_keys=True).encode()).hexdigest()

    def encode(self, text: str, *, special_text: SpecialText = "escape") -> list[Piece]:
        if self._typed is None or special_text == "escape":
            return [Piece(byte + self._shift, at, at + 1) for at, byte in enumerate(text.encode())]
        pieces: list[Piece] = []
        at = 0
        for index, part in enumerate(self._typed.split(text)):
            data = part.encode()
            if index % 2:
                pieces.append(Piece(self._specials[part], at, at + len(data), None, True))
            else:
                pieces += [Piece(byte + self._shift, at + place, at + place + 1) for place, byte in enumerate(data)]
            at += len(data)
        return pieces

    def token_bytes(self, id: int) -> bytes:
        byte = id - self._shift
        return bytes((byte,)) if 0 <= byte < 256 and id not in self._names else b""

    def token_string(self, id: int) -> str:
        return self._names.get(id) or f"<0x{id - self._shift:02X}>"


def byt5(name: str) -> ByteTokenizer:
    """ByT5's: padding, end and unknown first, then the bytes, then 125 sentinels."""
    specials = {"<pad>": 0, "</s>": 1, "<unk>": 2} | {f"<extra_id_{at}>": 259 + at for at in range(125)}
    made = ByteTokenizer(name, shift=3, specials=specials)
    made.pad_id, made.eos_id, made.unk_id = 0, 1, 2
    made.suffix = (1,)
    return made
