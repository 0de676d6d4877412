"""RWKV's vocabularies: the longest token that fits is taken, from left to right, on bytes."""

import ast
import hashlib
from collections.abc import Mapping
from pathlib import Path

from workers.contract import Refusal
from workers.models.tokenizing.base import Piece, SpecialText, TextTokenizer, readable


class LongestMatchTokenizer(TextTokenizer):
    """Greedy longest match over bytes. There are no special tokens; id 0 ends a text."""

    algorithm = "Longest match (RWKV)"
    notes = ("Nothing is normalised and no space is added.",)

    def __init__(self, name: str, ids: Mapping[bytes, int]) -> None:
        self.name = name
        self._ids = dict(ids)
        self._bytes = {id: data for data, id in ids.items()}
        lengths: dict[bytes, set[int]] = {}
        for data in ids:
            lengths.setdefault(data[:2], set()).add(len(data))
        self._lengths = {start: sorted(sizes, reverse=True) for start, sizes in lengths.items()}
        self.vocabulary_size = max(self._bytes) + 1
        self.special_ids = frozenset({0})
        self.eos_id = 0
        digest = hashlib.sha256()
        for data, id in sorted(ids.items(), key=lambda item: item[1]):
            digest.update(id.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data)
        self.hash = digest.hexdigest()

    def encode(self, text: str, *, special_text: SpecialText = "escape") -> list[Piece]:
        source = text.encode()
        ids, pieces, at = self._ids, [], 0
        while at < len(source):
            for size in self._lengths.get(source[at : at + 2], ()):
                id = ids.get(source[at : at + size])
                if id is not None and at + size <= len(source):
                    break
            else:
                id, size = ids[source[at : at + 1]], 1
            pieces.append(Piece(id, at, at + size))
            at += size
        return pieces

    def token_bytes(self, id: int) -> bytes:
        return self._bytes.get(id, b"")

    def token_string(self, id: int) -> str:
        return "<|endoftext|>" if id == 0 else readable(self.token_bytes(id))


def read_rwkv(path: Path, name: str) -> LongestMatchTokenizer:
    """A vocabulary of lines `id literal length`. Raises Refusal for anything else."""
    ids: dict[bytes, int] = {}
    try:
        for line in path.read_text("utf-8").splitlines():
            id, _, rest = line.partition(" ")
            literal, _, length = rest.rpartition(" ")
            value = ast.literal_eval(literal)
            data = value.encode() if isinstance(value, str) else bytes(value)
            if len(data) != int(length):
                raise ValueError(f"token {id} has {len(data)} bytes, not {length}")
            ids[data] = int(id)
    except (ValueError, SyntaxError, TypeError) as error:
        raise Refusal("tokenizer-unreadable", f"{path.name} is no RWKV vocabulary: {error}") from error
    missing = sum(bytes((byte,)) not in ids for byte in range(256))
    if missing:
        raise Refusal("tokenizer-unreadable", f"{path.name} lacks {missing} of the 256 single bytes")
    return LongestMatchTokenizer(name, ids)
