"""Tokenizers of the `tokenizers` library: `tokenizer.json`, `vocab.json` with `merges.txt`, `vocab.txt`."""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from tokenizers import Tokenizer

from workers.models.tokenizing.align import Ranges, absorb, byte_positions, fitted, spelled
from workers.models.tokenizing.base import Piece, SpecialText, TextTokenizer, readable
from workers.models.tokenizing.spelling import Json, Spelling, added_around, name_of, notes, puts_space_first

_ALGORITHMS = {"Unigram": "Unigram", "WordPiece": "WordPiece", "WordLevel": "Words"}
_HIDDEN = "\x00{}"


class HuggingTokenizer(TextTokenizer):
    """A tokenizer of the `tokenizers` library. `config` is the `tokenizer_config.json` beside it, if any."""

    def __init__(self, name: str, data: Json, config: Json | None = None) -> None:
        config = config or {}
        self.name = name
        self._data = {**data, "post_processor": None, "truncation": None, "padding": None}
        self._spelling = Spelling.of(data)
        self._strings = _strings(data)
        ids = {string: id for id, string in self._strings.items()}
        self._added = {entry["id"]: entry["content"] for entry in data["added_tokens"]}
        self.vocabulary_size = max(self._strings) + 1
        self.algorithm = _algorithm(data, self._spelling)
        self.hash = _hash(data)
        self.prefix, self.suffix = added_around(data, config, ids)
        self.dummy_prefix = puts_space_first(data)
        self.notes = notes(data)
        self.unk_id = _unknown(data["model"], ids)
        self._name_specials(data, config, ids)
        self._bytes = {id: self._spell(id) for id in self._strings}
        self._rewrites = data.get("normalizer") is not None

    def _name_specials(self, data: Json, config: Json, ids: Mapping[str, int]) -> None:
        named = {role: ids.get(name_of(config.get(f"{role}_token")) or "") for role in ("bos", "eos", "unk", "pad")}
        special = {entry["id"] for entry in data["added_tokens"] if entry["special"]}
        special |= {id for id in (*named.values(), self.unk_id, *self.prefix, *self.suffix) if id is not None}
        self.special_ids = frozenset(special)
        self.bos_id = (
            named["bos"] if named["bos"] is not None else _usual(ids, special, ("<s>", "<|begin_of_text|>", "[CLS]"))
        )
        self.eos_id = (
            named["eos"] if named["eos"] is not None else _usual(ids, special, ("</s>", "<|endoftext|>", "[SEP]"))
        )
        self.pad_id = named["pad"] if named["pad"] is not None else _usual(ids, special, ("<pad>", "[PAD]"))
        if self.unk_id is None:
            self.unk_id = named["unk"] if named["unk"] is not None else _usual(ids, special, ("<unk>", "[UNK]"))

    def _spell(self, id: int) -> bytes:
        if id in self.special_ids:
            return b""
        if id in self._added:
            return str(self._added[id]).encode()
        return self._spelling.bytes_of(self._strings[id])

    @cached_property
    def _parsing(self) -> Tokenizer:
        return _build(self._data)

    @cached_property
    def _escaping(self) -> Tokenizer:
        """Without a way to a special token: some vocabularies hold `</s>` as a piece that ordinary text can reach."""
        made = _build(_hide(self._data, self.special_ids, self.unk_id))
        made.encode_special_tokens = True
        return made

    def encode(self, text: str, *, special_text: SpecialText = "escape") -> list[Piece]:
        parsing = special_text == "parse"
        encoding = (self._parsing if parsing else self._escaping).encode(text, add_special_tokens=False)
        ids: list[int] = encoding.ids
        source = text.encode()
        typed = self.special_ids - {self.unk_id} if parsing else frozenset()
        parts = [self._strings[id].encode() if id in typed else self._bytes[id] for id in ids]
        ranges = spelled(source, parts)
        if ranges is None:
            ranges = self._fitted(text, source, parts, encoding.offsets)
        pieces = []
        for id, part, (start, end) in zip(ids, parts, ranges, strict=True):
            same = source[start:end] == part and not self._marked(id)
            pieces.append(Piece(id, start, end, None if same else self.token_string(id), id in typed))
        return pieces

    def _fitted(self, text: str, source: bytes, parts: list[bytes], offsets: list[tuple[int, int]]) -> Ranges:
        at = byte_positions(text).tolist()
        ranges = fitted(source, parts, [(at[start], at[end]) for start, end in offsets])
        return absorb(text, ranges, self._normalise) if self._rewrites else ranges

    def _normalise(self, text: str) -> str:
        return str(self._escaping.normalizer.normalize_str(text))

    def _marked(self, id: int) -> bool:
        string, spelling = self._strings[id], self._spelling
        if id in self._added:
            return False
        return bool(spelling.continued and string.startswith(spelling.continued)) or bool(
            spelling.closing and string.endswith(spelling.closing)
        )

    def token_bytes(self, id: int) -> bytes:
        return self._bytes.get(id, b"")

    def token_string(self, id: int) -> str:
        string = self._strings.get(id, "")
        if self._spelling.byte_level and id not in self._added:
            closing = self._spelling.closing
            return readable(self._bytes.get(id, b"")) + (closing if closing and string.endswith(closing) else "")
        return string

    def separator(self, before: int | None, id: int) -> bytes:
        if before is None:
            return b""
        return self._spelling.separator(self._strings.get(before, ""), self._strings.get(id, ""))


def _build(data: Json) -> Tokenizer:
    return Tokenizer.from_str(json.dumps(data))


def _strings(data: Json) -> dict[int, str]:
    vocabulary = data["model"]["vocab"]
    if isinstance(vocabulary, list):
        strings = {id: entry[0] for id, entry in enumerate(vocabulary)}
    else:
        strings = {id: string for string, id in vocabulary.items()}
    return strings | {entry["id"]: entry["content"] for entry in data["added_tokens"]}


def _unknown(model: Json, ids: Mapping[str, int]) -> int | None:
    if model.get("unk_id") is not None:
        return int(model["unk_id"])
    return ids.get(model.get("unk_token") or "")


def _usual(ids: Mapping[str, int], special: set[int], names: tuple[str, ...]) -> int | None:
    return next((ids[name] for name in names if ids.get(name) in special), None)


def _kind(model: Json) -> str:
    """The model's type; files from before the library wrote it are known by their fields."""
    if model.get("type"):
        return str(model["type"])
    if "merges" in model:
        return "BPE"
    if isinstance(model["vocab"], list):
        return "Unigram"
    return "WordPiece" if "continuing_subword_prefix" in model else "WordLevel"


def _algorithm(data: Json, spelling: Spelling) -> str:
    kind = _kind(data["model"])
    if kind != "BPE":
        return _ALGORITHMS.get(kind, kind)
    return (
        "Byte-level BPE"
        if spelling.byte_level
        else "BPE with byte fallback"
        if data["model"].get("byte_fallback")
        else "BPE"
    )


def _hide(data: Json, special: frozenset[int], unknown: int | None) -> Json:
    model = data["model"]
    if _kind(model) == "BPE":
        return data
    hidden = special - {unknown}
    vocabulary = model["vocab"]
    new: Any
    if isinstance(vocabulary, list):
        new = [[_HIDDEN.format(id) if id in hidden else entry[0], entry[1]] for id, entry in enumerate(vocabulary)]
        inside = hidden & set(range(len(vocabulary)))
    else:
        new = {_HIDDEN.format(id) if id in hidden else string: id for string, id in vocabulary.items()}
        inside = hidden & set(vocabulary.values())
    added = [entry for entry in data["added_tokens"] if entry["id"] not in inside]
    return {**data, "model": {**model, "vocab": new}, "added_tokens": added}


def _hash(data: Json) -> str:
    model = dict(data["model"])
    model["merges"] = [merge if isinstance(merge, str) else " ".join(merge) for merge in model.get("merges", ())]
    kept = {name: data.get(name) for name in ("normalizer", "pre_tokenizer", "decoder", "added_tokens")}
    text = json.dumps({**kept, "model": model}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
