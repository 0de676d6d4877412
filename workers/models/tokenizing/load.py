"""From a key to a tokenizer: what comes along without a network, a folder, a file, a hub."""

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from workers.contract import ModelSpec, Refusal, TokenizerCard
from workers.models.tokenizing.base import TextTokenizer
from workers.models.tokenizing.bytewise import ByteTokenizer
from workers.models.tokenizing.files import PATTERNS, read_file, read_folder

_DEMO = Path(__file__).resolve().parents[2] / "demo" / "weights"
_DEMO_KEYS = ("demo-lm", "demo-unigram", "demo-wordpiece")
_MISTRAL = {
    "mistral-v1": "tokenizer.model.v1",
    "mistral-v2": "mistral_instruct_tokenizer_240216.model.v2",
    "mistral-v3": "mistral_instruct_tokenizer_240323.model.v3",
    "mistral-v7": "mistral_instruct_tokenizer_241114.model.v7",
    "mistral-tekken": "tekken_240911.json",
}
_NAMES = {
    "bytes": "Bytes of UTF-8",
    "demo-lm": "Byte-level BPE of the built-in models",
    "demo-unigram": "Unigram trained on the same text",
    "demo-wordpiece": "WordPiece trained on the same text",
    "mistral-v1": "Mistral 7B (v1)",
    "mistral-v2": "Mistral Large, Mixtral 8×22B (v2)",
    "mistral-v3": "Mistral 7B v0.3 (v3)",
    "mistral-v7": "Mistral Large 2411 (v7)",
    "mistral-tekken": "Tekken (Mistral Nemo, Pixtral)",
}


def builtin_paths() -> dict[str, Path | None]:
    """The keys of the tokenizers that come along, and their files; bytes need none."""
    paths: dict[str, Path | None] = {}
    for key in _DEMO_KEYS:
        if (_DEMO / key / "tokenizer.json").is_file():
            paths[key] = _DEMO / key / "tokenizer.json"
    paths["bytes"] = None
    folder = _mistral_folder()
    if folder is not None:
        paths |= {key: folder / file for key, file in _MISTRAL.items() if (folder / file).is_file()}
    return paths


def builtin_keys() -> list[str]:
    """The keys of the tokenizers that come along."""
    return list(builtin_paths())


def title(key: str) -> str:
    """What a tokenizer is called: built-in ones by name, others by their key."""
    return _NAMES.get(key, key)


def _mistral_folder() -> Path | None:
    found = find_spec("mistral_common")
    return Path(found.origin).parent / "data" if found is not None and found.origin else None


@lru_cache(maxsize=1)
def builtin_tokenizers() -> list[TokenizerCard]:
    """The cards of the tokenizers that come along."""
    cards = []
    for key, path in builtin_paths().items():
        made = load_tokenizer(key)
        mistral = key in _MISTRAL
        card = TokenizerCard(
            key=key,
            name=_NAMES[key],
            algorithm=made.algorithm,
            vocabulary=made.vocabulary_size,
            source="mistral-common" if mistral else "built in",
            licence="Apache-2.0" if mistral else "" if path is None else _licence(path),
            revision=made.hash,
        )
        cards.append(card)
    return cards


def _licence(path: Path) -> str:
    card = path.with_name("card.json")
    return str(json.loads(card.read_text("utf-8")).get("licence", "")) if card.is_file() else ""


def load_tokenizer(key: str, spec: ModelSpec | None = None) -> TextTokenizer:
    """The tokenizer of a key: built in, or where `spec` leads: a folder, a file, or a hub id with its revision.

    Raises Refusal naming what is missing. A tokenizer is kept until its file changes.
    """
    if spec is None:
        paths = builtin_paths()
        if key not in paths:
            detail = f"There is no tokenizer “{key}”. There are: {', '.join(paths)}."
            raise Refusal("unknown-tokenizer", detail, field="tokenizers")
        path = paths[key]
        return ByteTokenizer() if path is None else _loaded(key, path, path.stat().st_mtime_ns)
    path = Path(spec.location).expanduser()
    if not path.exists():
        if spec.location.count("/") > 1 or spec.location.startswith((".", "~")):
            raise Refusal("unknown-tokenizer", f"There is no file or folder “{spec.location}”.", field="tokenizers")
        from workers.models.folders import download

        path = download(spec, PATTERNS)
    return _loaded(key, path.resolve(), path.stat().st_mtime_ns)


@lru_cache(maxsize=12)
def _loaded(key: str, path: Path, changed: int) -> TextTokenizer:
    return read_folder(path, key) if path.is_dir() else read_file(path, key)
