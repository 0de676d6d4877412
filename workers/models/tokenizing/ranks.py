"""Byte-pair encodings kept as ranks: `.tiktoken` files, and the tekken files of Mistral."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import tiktoken

from workers.contract import Refusal
from workers.models.tokenizing.align import spelled
from workers.models.tokenizing.base import Piece, SpecialText, TextTokenizer, readable

_GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_UPPER, _LOWER, _CLITIC = (
    r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]",
    r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
)
_O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_CLITIC}|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_CLITIC}"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_END = "<|endoftext|>"
_FILL = {"<|fim_prefix|>": 100258, "<|fim_middle|>": 100259, "<|fim_suffix|>": 100260}

KNOWN: dict[str, tuple[str, dict[str, int]]] = {
    "r50k": (_GPT2, {_END: 50256}),
    "p50k": (_GPT2, {_END: 50256}),
    "cl100k": (_CL100K, {_END: 100257, **_FILL, "<|endofprompt|>": 100276}),
    "o200k": (_O200K, {_END: 199999, "<|endofprompt|>": 200018}),
    "llama3": (_CL100K, {"<|begin_of_text|>": 128000, "<|end_of_text|>": 128001}),
}
"""Split pattern and special tokens by how a file's name begins; files of other names are split as cl100k does."""

_TEKKEN_SPECIALS = [
    "<unk>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[TOOL_CALLS]",
    "[IMG]",
    "<pad>",
    "[IMG_BREAK]",
    "[IMG_END]",
    "[PREFIX]",
    "[MIDDLE]",
    "[SUFFIX]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[TOOL_CONTENT]",
]
"""The special tokens of tekken files that list none; the others of their number are called `<SPECIAL_n>`."""


class RankTokenizer(TextTokenizer):
    """Byte-level pair encoding: text is split by a pattern, then the lowest-ranked pairs are merged first."""

    notes: tuple[str, ...] = ("Nothing is normalised and no space is added.",)

    def __init__(
        self,
        name: str,
        ranks: Mapping[bytes, int],
        pattern: str,
        specials: Mapping[str, int],
        *,
        algorithm: str = "Byte-level BPE (tiktoken)",
        splitting: str = "",
    ) -> None:
        self.name = name
        self.algorithm = algorithm
        self._bytes = {id: data for data, id in ranks.items()}
        self._names = {id: text for text, id in specials.items()}
        self._encoding = tiktoken.Encoding(
            name, pat_str=pattern, mergeable_ranks=dict(ranks), special_tokens=dict(specials)
        )
        self.vocabulary_size = max(max(self._bytes), max(self._names, default=0)) + 1
        self.special_ids = frozenset(self._names)
        self.hash = _hash(ranks, pattern, specials)
        if splitting:
            self.notes = (*self.notes, splitting)

    def encode(self, text: str, *, special_text: SpecialText = "escape") -> list[Piece]:
        if special_text == "parse":
            ids = self._encoding.encode(text, allowed_special="all", disallowed_special=())
        else:
            ids = self._encoding.encode_ordinary(text)
        names, spelling = self._names, self._bytes
        parts = [names[id].encode() if id in names else spelling[id] for id in ids]
        ranges = spelled(text.encode(), parts) or []
        return [Piece(id, start, end, None, id in names) for id, (start, end) in zip(ids, ranges, strict=True)]

    def token_bytes(self, id: int) -> bytes:
        return self._bytes.get(id, b"")

    def token_string(self, id: int) -> str:
        return self._names[id] if id in self._names else readable(self.token_bytes(id))


def _hash(ranks: Mapping[bytes, int], pattern: str, specials: Mapping[str, int]) -> str:
    digest = hashlib.sha256(json.dumps([pattern, sorted(specials.items())]).encode())
    for data, rank in sorted(ranks.items(), key=lambda item: item[1]):
        digest.update(rank.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data)
    return digest.hexdigest()


def read_tiktoken(path: Path, name: str, *, pattern: str | None = None) -> RankTokenizer:
    """A `.tiktoken` file: one base64 token and its rank a line. Raises Refusal if it is none."""
    try:
        lines = (line.split() for line in path.read_bytes().splitlines() if line)
        ranks = {base64.b64decode(token, validate=True): int(rank) for token, rank in lines}
    except (ValueError, binascii.Error) as error:
        raise Refusal("tokenizer-unreadable", f"{path.name} is no .tiktoken file: {error}") from error
    missing = sum(bytes((byte,)) not in ranks for byte in range(256))
    if missing:
        raise Refusal("tokenizer-unreadable", f"{path.name} lacks {missing} of the 256 single bytes")
    family = next((family for family in KNOWN if path.name.startswith(family)), None)
    known, specials = KNOWN[family or "cl100k"]
    splitting = "" if family or pattern else "The file names no split pattern: cl100k's is used."
    made = RankTokenizer(name, ranks, pattern or known, specials if family else {}, splitting=splitting)
    if family == "llama3":
        made.bos_id, made.eos_id = 128000, 128001
        made.prefix = (128000,)
    elif family:
        made.eos_id = specials[_END]
    return made


def read_tekken(path: Path, name: str) -> RankTokenizer:
    """A `tekken.json` of Mistral: special tokens come first, ranks follow. Raises Refusal if it is none."""
    try:
        data = json.loads(path.read_bytes())
        config = data["config"]
        shift, size = config["default_num_special_tokens"], config["default_vocab_size"]
        entries = data["vocab"][: size - shift]
        ranks = {base64.b64decode(entry["token_bytes"]): entry["rank"] + shift for entry in entries}
        listed = {entry["rank"]: entry["token_str"] for entry in data.get("special_tokens") or []}
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("tokenizer-unreadable", f"{path.name} is no tekken file: {error!r}") from error
    names = listed or dict(enumerate(_TEKKEN_SPECIALS))
    specials = {names.get(id, f"<SPECIAL_{id}>"): id for id in range(shift)}
    made = RankTokenizer(name, ranks, config["pattern"], specials, algorithm="Byte-level BPE (tekken)")
    made.unk_id, made.bos_id, made.eos_id = (specials.get(token) for token in ("<unk>", "<s>", "</s>"))
    made.pad_id = specials.get("<pad>")
    made.prefix = () if made.bos_id is None else (made.bos_id,)
    return made
