"""What every tokenizer answers: which bytes of a text each token covers, and which bytes a token stands for."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

SpecialText = Literal["escape", "parse"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A token and the half-open range of the text's UTF-8 that it covers.

    `surface` is the tokenizer's own string where it differs from that slice (lower-cased, `##ing`, `▁the` at the
    start of a text, unknown). `special` says that a special token was meant, typed or added, and not text;
    `generated` that a model wrote it.
    """

    id: int
    start: int
    end: int
    surface: str | None = None
    special: bool = False
    generated: bool = False


class TextTokenizer(ABC):
    """A tokenizer, whatever library runs it.

    `hash` is a sha256 over what decides ids: vocabulary, merges, specials, normalisation and splitting. `prefix`
    and `suffix` are the ids that it puts around a text by itself. `notes` say what it does to a text that a
    reader of its numbers has to know. Ids outside the vocabulary stand for nothing (b"").
    """

    name: str
    algorithm: str
    vocabulary_size: int
    hash: str
    bos_id: int | None = None
    eos_id: int | None = None
    unk_id: int | None = None
    pad_id: int | None = None
    special_ids: frozenset[int] = frozenset()
    prefix: tuple[int, ...] = ()
    suffix: tuple[int, ...] = ()
    dummy_prefix: bool = False
    """Whether the first word is read as if a space stood before it."""
    unit_kind: Literal["token", "byte"] = "token"
    notes: tuple[str, ...] = ()

    @abstractmethod
    def encode(self, text: str, *, special_text: SpecialText = "escape") -> list[Piece]:
        """The tokens of a text, without any that it does not hold; ranges never overlap and never go back.

        `special_text` says whether special tokens typed into the text are read as text or as themselves.
        """

    @abstractmethod
    def token_bytes(self, id: int) -> bytes:
        """What a token stands for, context-free: " the" for `▁the` and `Ġthe`, one byte for `<0xE4>`, else b""."""

    @abstractmethod
    def token_string(self, id: int) -> str:
        """The token's own string in the vocabulary, made readable where the vocabulary spells bytes as letters."""

    def ids(self, text: str, *, special_text: SpecialText = "escape") -> list[int]:
        """Only the ids of `encode`."""
        return [piece.id for piece in self.encode(text, special_text=special_text)]

    def is_special(self, id: int) -> bool:
        """Whether the token stands for no text (beginning, end, padding, turn marks, unknown)."""
        return id in self.special_ids

    def token_text(self, id: int) -> str:
        """A token as a person may read it alone: its text, `<0xE4>` for bytes that are no characters, its name."""
        if self.is_special(id):
            return self.token_string(id)
        return readable(self.token_bytes(id))

    def separator(self, before: int | None, id: int) -> bytes:
        """What decoding writes between two tokens that were cut from different words (`before` None: at the start)."""
        return b""

    def decode_bytes(self, ids: Sequence[int], *, before: int | None = None) -> bytes:
        """The bytes that a sequence of ids stands for; more ids only ever append.

        `before` is the last token of text that the sequence follows: at the start of a text (None) the dummy prefix
        is taken off again.
        """
        return b"".join(separator + data for separator, data in self.decode_parts(ids, before=before))

    def decode_parts(
        self, ids: Sequence[int], *, before: int | None = None, spaced: bool = False
    ) -> list[tuple[bytes, bytes]]:
        """`decode_bytes` id by id, as (separator, bytes); `spaced` says that a space already stands before."""
        parts: list[tuple[bytes, bytes]] = []
        for id in ids:
            data = b"" if self.is_special(id) else self.token_bytes(id)
            if before is None and self.dummy_prefix and data[:1] == b" ":
                data = data[1:]
            parts.append((self.separator(before, id) if data and not spaced else b"", data))
            if not self.is_special(id):
                before, spaced = id, data[-1:].isspace()
        return parts

    @cached_property
    def vocabulary_bytes(self) -> list[bytes]:
        """`token_bytes` of every id from 0 on."""
        return [self.token_bytes(id) for id in range(self.vocabulary_size)]

    @cached_property
    def vocabulary_hash(self) -> str:
        """A sha256 over the bytes and the special flag of every id: equal where ids mean the same."""
        digest = hashlib.sha256()
        for id, data in enumerate(self.vocabulary_bytes):
            digest.update(b"%d %d " % (self.is_special(id), len(data)) + data)
        return digest.hexdigest()


def readable(data: bytes) -> str:
    """Bytes as text where they are UTF-8, with `<0xE4>` for every byte that is part of no character, and for NUL."""
    parts: list[str] = []
    while data:
        try:
            parts.append(data.decode())
            break
        except UnicodeDecodeError as error:
            parts.append(data[: error.start].decode())
            parts.extend(f"<0x{byte:02X}>" for byte in data[error.start : error.end])
            data = data[error.end :]
    return "".join(parts).replace("\x00", "<0x00>")
