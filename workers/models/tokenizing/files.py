"""Tokenizer files and folders: which reader each needs."""

import json
from pathlib import Path
from typing import Any

from workers.contract import Refusal
from workers.models.tokenizing.base import TextTokenizer
from workers.models.tokenizing.bytewise import byt5
from workers.models.tokenizing.hugging import HuggingTokenizer
from workers.models.tokenizing.ranks import read_tekken, read_tiktoken
from workers.models.tokenizing.rwkv import read_rwkv
from workers.models.tokenizing.sentence import read_sentencepiece
from workers.models.tokenizing.vocabularies import byte_level_bpe, word_piece

PATTERNS = [
    "config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "tokenizer*.json",
    "tekken.json",
    "*.tiktoken",
    "*.model",
    "*.model.v*",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "rwkv_vocab*.txt",
]
"""Names of tokenizer files, for a hub's snapshot."""

_LARGEST = 256 * 1024 * 1024


def read_file(path: Path, name: str) -> TextTokenizer:
    """A tokenizer of one file. Raises Refusal naming what is wrong with it."""
    size = path.stat().st_size
    if size > _LARGEST:
        detail = f"{path.name} has {size} bytes; a tokenizer file has at most {_LARGEST}."
        raise Refusal("tokenizer-too-large", detail, limit=_LARGEST, value=size)
    if path.name.endswith(".tiktoken"):
        return read_tiktoken(path, name)
    if ".model" in path.name:
        return read_sentencepiece(path, name)
    if path.suffix == ".json":
        return _read_json(path, name)
    if path.name.startswith("rwkv_vocab"):
        return read_rwkv(path, name)
    if path.name.endswith(".txt"):
        return word_piece(path, name)
    detail = f"{path.name} is no tokenizer file: tokenizer.json, tekken.json, .model, .tiktoken or vocab.txt."
    raise Refusal("tokenizer-unreadable", detail)


def read_folder(path: Path, name: str) -> TextTokenizer:
    """The tokenizer of a folder. Raises Refusal if there is none.

    By the first of these files: tokenizer.json, tekken.json; what transformers makes of a folder with a
    configuration; vocab.json with merges.txt, vocab.txt, a .model, a .tiktoken, an RWKV vocabulary.
    """
    for first in (path / "tokenizer.json", path / "tekken.json"):
        if first.is_file():
            return read_file(first, name)
    known = _of_family(path, name)
    if known is not None:
        return known
    if (path / "vocab.json").is_file() and (path / "merges.txt").is_file():
        return byte_level_bpe(path / "vocab.json", path / "merges.txt", name)
    found = [file for pattern in ("*.model*", "*.tiktoken", "rwkv_vocab*.txt") for file in sorted(path.glob(pattern))]
    for file in (path / "vocab.txt", *found):
        if file.is_file():
            return read_file(file, name)
    detail = (
        f"“{name}” holds no tokenizer: no tokenizer.json, tekken.json, vocab.json with merges.txt, vocab.txt, .model, "
        ".tiktoken or rwkv_vocab file."
    )
    raise Refusal("no-tokenizer", detail)


def _of_family(path: Path, name: str) -> TextTokenizer | None:
    """Folders whose configuration names a family: its ids may differ from those in its vocabulary files."""
    configs = [path / file for file in ("tokenizer_config.json", "config.json")]
    config = next((_json(file) for file in configs if file.is_file()), None)
    if config is None:
        return None
    if config.get("tokenizer_class") == "ByT5Tokenizer":
        return byt5(name)
    from workers.models import hf

    try:
        backend = hf.load_text_processor(path).backend_tokenizer
    except Exception:  # transformers raises what it likes for a folder that it cannot read; the files may still do
        return None
    return HuggingTokenizer(name, json.loads(backend.to_str()), config)


def _read_json(path: Path, name: str) -> TextTokenizer:
    data = _json(path)
    if "vocab" in data and "config" in data:
        return read_tekken(path, name)
    beside = path.with_name("tokenizer_config.json")
    config = _json(beside) if beside.is_file() else {}
    try:
        return HuggingTokenizer(name, data, config)
    except Refusal:
        raise
    except Exception as error:  # the library's Rust errors are plain Exceptions
        raise Refusal("tokenizer-unreadable", f"{path.name} is no tokenizer.json: {error!r}"[:500]) from error


def _json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except ValueError as error:
        raise Refusal("tokenizer-unreadable", f"{path.name} is no JSON: {error}") from error
    if not isinstance(data, dict):
        raise Refusal("tokenizer-unreadable", f"{path.name} holds no object")
    return data
