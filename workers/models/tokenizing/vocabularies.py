"""Tokenizers that are kept as bare vocabularies, put together as their families are."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workers.contract import Refusal
from workers.models.tokenizing.base import TextTokenizer
from workers.models.tokenizing.hugging import HuggingTokenizer
from workers.models.tokenizing.spelling import BYTE_LETTERS

_SUPERWORDS = r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]{2,}[\r\n/]*| +(?!\S)"
"""How SuperBPE splits text (Liu et al. 2025): not at spaces, so that merges may cross words."""

_SPACE = "Ġ"


def byte_level_bpe(vocabulary: Path, merges: Path, name: str) -> TextTokenizer:
    """vocab.json with merges.txt: GPT-2's byte-level BPE, or SuperBPE where merges cross spaces.

    Raises Refusal where the vocabulary is spelled otherwise: such a tokenizer needs its tokenizer.json.
    """
    try:
        ids: dict[str, int] = json.loads(vocabulary.read_bytes())
        lines = merges.read_text("utf-8").splitlines()
    except ValueError as error:
        raise Refusal("tokenizer-unreadable", f"{vocabulary.name}: {error}") from error
    pairs = [line.split(" ") for line in lines if line and not line.startswith("#version")]
    if not {letter for letter, byte in BYTE_LETTERS.items() if byte < 0xC0} <= ids.keys():
        detail = f"{vocabulary.name} does not spell bytes as GPT-2 does; give the tokenizer.json of this tokenizer."
        raise Refusal("tokenizer-unreadable", detail)
    superwords = any(_SPACE in right and left[-1:].isascii() and left[-1:].isalpha() for left, right in pairs)
    splitting: dict[str, Any] = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": not superwords}
    splitting["trim_offsets"] = False
    if superwords:
        pattern = {"type": "Split", "pattern": {"Regex": _SUPERWORDS}, "behavior": "Isolated", "invert": False}
        splitting = {"type": "Sequence", "pretokenizers": [pattern, splitting]}
    specials = [token for token in ids if token.startswith("<|") and token.endswith("|>")]
    model = {"type": "BPE", "vocab": ids, "merges": pairs}
    decoder = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": True}
    return HuggingTokenizer(name, _assembled(model, splitting, decoder, None, specials, ids))


def word_piece(path: Path, name: str) -> TextTokenizer:
    """vocab.txt: BERT's WordPiece, lower-casing if no token has a capital letter (names in brackets aside)."""
    tokens = path.read_text("utf-8").splitlines()
    ids = {token: id for id, token in enumerate(tokens)}
    if "[UNK]" not in ids:
        raise Refusal("tokenizer-unreadable", f"{path.name} lists no [UNK], so it is no vocabulary of WordPiece.")
    specials = [token for token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]") if token in ids]
    lower = not any(token != token.lower() for token in tokens if not token.startswith("["))
    normalizer = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True}
    normalizer |= {"strip_accents": None, "lowercase": lower}
    model: dict[str, Any] = {"type": "WordPiece", "vocab": ids, "unk_token": "[UNK]", "continuing_subword_prefix": "##"}
    model["max_input_chars_per_word"] = 100
    decoder = {"type": "WordPiece", "prefix": "##", "cleanup": False}
    data = _assembled(model, {"type": "BertPreTokenizer"}, decoder, normalizer, specials, ids)
    if "[CLS]" in ids and "[SEP]" in ids:
        around = {"cls": ["[CLS]", ids["[CLS]"]], "sep": ["[SEP]", ids["[SEP]"]]}
        data["post_processor"] = {"type": "BertProcessing", **around}
    return HuggingTokenizer(name, data)


def _assembled(
    model: dict[str, Any],
    splitting: dict[str, Any],
    decoder: dict[str, Any],
    normalizer: dict[str, Any] | None,
    specials: Sequence[str],
    ids: dict[str, int],
) -> dict[str, Any]:
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "added_tokens": [{"id": ids[token], "content": token, **flags} for token in specials],
        "normalizer": normalizer,
        "pre_tokenizer": splitting,
        "post_processor": None,
        "decoder": decoder,
        "model": model,
    }
