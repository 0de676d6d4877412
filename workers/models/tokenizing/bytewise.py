"""Plain bytes: every byte of the UTF-8 is a token."""

import hashlib

from workers.models.tokenizing.base import Piece, SpecialText, TextTokenizer


class ByteTokenizer(TextTokenizer):
    """Ids 0 to 255 are the bytes; there are no special tokens."""

    name = "bytes"
    algorithm = "Bytes"
    vocabulary_size = 256
    unit_kind = "byte"
    hash = hashlib.sha256(b"tessera bytes 256").hexdigest()
    notes = ("Nothing is normalised and no space is added.",)

    def encode(self, text: str, *, special_text: SpecialText = "escape") -> list[Piece]:
        return [Piece(byte, at, at + 1) for at, byte in enumerate(text.encode())]

    def token_bytes(self, id: int) -> bytes:
        return bytes((id,)) if 0 <= id < 256 else b""

    def token_string(self, id: int) -> str:
        return f"<0x{id:02X}>"
