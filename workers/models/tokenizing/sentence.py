"""SentencePiece `.model` files."""

import hashlib
from pathlib import Path
from typing import Any

import regex
import sentencepiece
from sentencepiece import sentencepiece_model_pb2

from workers.contract import Refusal
from workers.models.tokenizing.align import absorb, fitted, spelled
from workers.models.tokenizing.base import Piece, SpecialText, TextTokenizer

_SPACE = "▁"
_ALGORITHMS = {1: "Unigram (SentencePiece)", 2: "BPE (SentencePiece)", 3: "Words (SentencePiece)", 4: "Characters"}
_UNKNOWN, _CONTROL, _UNUSED, _BYTE = 2, 3, 5, 6


class SentencePieceTokenizer(TextTokenizer):
    """Unigram or pair encoding on text whose spaces are written ▁, bytes where a character is unknown."""

    def __init__(self, name: str, model: bytes) -> None:
        self.name = name
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        proto: Any = sentencepiece_model_pb2.ModelProto.FromString(model)  # type: ignore[attr-defined]  # protobuf
        self.hash = hashlib.sha256(model).hexdigest()
        self.algorithm = _ALGORITHMS[proto.trainer_spec.model_type]
        self._strings = [piece.piece for piece in proto.pieces]
        kinds = [piece.type for piece in proto.pieces]
        self.vocabulary_size = len(kinds)
        self._bytes = [_spell(piece.piece, piece.type) for piece in proto.pieces]
        self._byte_ids = frozenset(id for id, kind in enumerate(kinds) if kind == _BYTE)
        self.special_ids = frozenset(id for id, kind in enumerate(kinds) if kind in (_UNKNOWN, _CONTROL, _UNUSED))
        controls = {self._strings[id]: id for id, kind in enumerate(kinds) if kind == _CONTROL}
        self._controls = controls
        self._typed = regex.compile("(" + "|".join(map(regex.escape, sorted(controls, key=len, reverse=True))) + ")")
        ids = (self._processor.bos_id(), self._processor.eos_id(), self._processor.unk_id(), self._processor.pad_id())
        self.bos_id, self.eos_id, self.unk_id, self.pad_id = (id if id >= 0 else None for id in ids)
        self.prefix = () if self.bos_id is None else (self.bos_id,)
        self.dummy_prefix = bool(proto.normalizer_spec.add_dummy_prefix)
        self.notes = _notes(proto.normalizer_spec)

    def encode(self, text: str, *, special_text: SpecialText = "escape") -> list[Piece]:
        if special_text == "escape" or not self._controls:
            return self._encode(text, 0)
        pieces: list[Piece] = []
        at = 0
        for index, part in enumerate(self._typed.split(text)):
            size = len(part.encode())
            if index % 2:
                pieces.append(Piece(self._controls[part], at, at + size, None, True))
            else:
                pieces += self._encode(part, at)
            at += size
        return pieces

    def _encode(self, text: str, at: int) -> list[Piece]:
        if not text:
            return []
        proto = self._processor.encode(text, return_type="proto")
        ids = [piece.id for piece in proto.pieces]
        source = text.encode()
        parts = [self._bytes[id] for id in ids]
        ranges = spelled(source, parts)
        if ranges is None:
            offsets = self._offsets([(piece.id, piece.begin, piece.end) for piece in proto.pieces])
            ranges = absorb(text, fitted(source, parts, offsets), self._processor.normalize)
        return [
            Piece(id, at + start, at + end, None if source[start:end] == part else self._strings[id])
            for id, part, (start, end) in zip(ids, parts, ranges, strict=True)
        ]

    def _offsets(self, pieces: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
        """Byte tokens of one character: the library gives all of it to the last of them; each may lie in it."""
        offsets: list[tuple[int, int]] = []
        following = 0
        for id, start, end in reversed(pieces):
            following = end if end > start or id not in self._byte_ids else following
            offsets.append((start, following))
        return offsets[::-1]

    def token_bytes(self, id: int) -> bytes:
        return self._bytes[id] if 0 <= id < len(self._bytes) else b""

    def token_string(self, id: int) -> str:
        return str(self._strings[id])


def _spell(piece: str, kind: int) -> bytes:
    if kind in (_UNKNOWN, _CONTROL, _UNUSED):
        return b""
    return bytes.fromhex(piece[3:5]) if kind == _BYTE else piece.replace(_SPACE, " ").encode()


def _notes(spec: Any) -> tuple[str, ...]:
    notes = ["Nothing is normalised." if spec.name == "identity" else f"Text is normalised ({spec.name}) before."]
    if spec.add_dummy_prefix:
        notes.append("A space is put before the text (dummy prefix); the strip shows the text without it.")
    if spec.remove_extra_whitespaces:
        notes.append("Spaces at both ends and repeated ones are dropped.")
    return tuple(notes)


def read_sentencepiece(path: Path, name: str) -> SentencePieceTokenizer:
    """A SentencePiece model. Raises Refusal if the file is none."""
    try:
        return SentencePieceTokenizer(name, path.read_bytes())
    except (RuntimeError, ValueError, KeyError) as error:
        raise Refusal("tokenizer-unreadable", f"{path.name} is no SentencePiece model: {error}") from error
