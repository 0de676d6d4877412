"""Measures of one tokenizer's cut of one text, computed from ids and bytes, never from displayed strings.

Special tokens are never counted. A quantity whose denominator is zero is None.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from workers.models.tokenizing.base import Piece, TextTokenizer


def ratio(numerator: float, denominator: float) -> float | None:
    """numerator / denominator, None for a zero denominator."""
    return numerator / denominator if denominator else None


def renyi_efficiency(ids: Iterable[int | str], power: float) -> float | None:
    """H_α / log2 V with H_α = log2(Σ p^α) / (1 − α) over the V observed types (Zouhar et al. 2023).

    α = 1 is Shannon's entropy. None for fewer than two types.
    """
    counts = list(Counter(ids).values())
    if len(counts) < 2:
        return None
    total = sum(counts)
    shares = [count / total for count in counts]
    if power == 1:
        entropy = -sum(share * math.log2(share) for share in shares)
    else:
        entropy = math.log2(sum(share**power for share in shares)) / (1 - power)
    return entropy / math.log2(len(counts))


def continued_rate(tokens_per_word: Sequence[int]) -> float | None:
    """Share of tokens that go on a word: Σ max(0, t − 1) / Σ t."""
    return ratio(sum(max(0, tokens - 1) for tokens in tokens_per_word), sum(tokens_per_word))


def split_share(tokens_per_word: Sequence[int]) -> float | None:
    """Share of words that take more than one token."""
    return ratio(sum(tokens > 1 for tokens in tokens_per_word), len(tokens_per_word))


def whole_share(tokens_per_word: Sequence[int]) -> float | None:
    """Share of words that are one token (STRR over a list of different words)."""
    return ratio(sum(tokens == 1 for tokens in tokens_per_word), len(tokens_per_word))


def tokens_per_word(tokenizer: TextTokenizer, words: Sequence[str], *, spaced: bool) -> list[int]:
    """Tokens that each word takes, encoded alone or after a space.

    A tokenizer that puts a space before every text reads a word alone as it reads it after a space.
    """
    before = " " if spaced and not tokenizer.dummy_prefix else ""
    counts = {word: len(tokenizer.ids(before + word)) for word in set(words)}
    return [counts[word] for word in words]


def is_partial(data: bytes) -> bool:
    """Whether bytes are no whole number of UTF-8 characters."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def partial_share(tokenizer: TextTokenizer, ids: Sequence[int]) -> float | None:
    """Share of tokens whose bytes alone are not valid UTF-8."""
    partial = {id: is_partial(tokenizer.token_bytes(id)) for id in set(ids)}
    return ratio(sum(partial[id] for id in ids), len(ids))


@lru_cache(maxsize=64)
def partial_tokens(tokenizer: TextTokenizer) -> int:
    """How many tokens of the vocabulary are not valid UTF-8 alone, special ones aside."""
    return sum(map(is_partial, tokenizer.vocabulary_bytes))


def partial_vocabulary(tokenizer: TextTokenizer) -> float | None:
    """Their share of the tokens that stand for text."""
    return ratio(partial_tokens(tokenizer), sum(map(bool, tokenizer.vocabulary_bytes)))


def unknown_characters(text: str, pieces: Sequence[Piece], unknown: int | None) -> int:
    """Characters (code points) of the text that tokens for unknown text cover."""
    source = text.encode()
    covered = b"".join(source[piece.start : piece.end] for piece in pieces if piece.id == unknown and not piece.special)
    return len(covered.decode(errors="replace"))


def shared_boundaries(cuts: Sequence[Sequence[Piece]], length: int) -> list[int]:
    """Byte offsets at which every cut of a text of `length` bytes has a boundary, both ends included."""
    edges = [{0, length} | {edge for piece in pieces for edge in (piece.start, piece.end)} for pieces in cuts]
    return sorted(set.intersection(*edges)) if edges else []
