"""The byte 5-gram against the same formula, written out for one byte at a time."""

import math
from collections import Counter

import pytest

from workers.demo.ngram import ByteNgram

TRAIN = b"the cat sat on the mat, the rat sat on the cat"
TEXT = b"the rat on the mat?"


def slow(context: bytes, byte: int) -> float:
    """Witten and Bell's chance of a byte, by recursion."""
    follow = Counter(
        TRAIN[i + len(context)] for i in range(len(TRAIN) - len(context)) if TRAIN[i : i + len(context)] == context
    )
    lower = slow(context[1:], byte) if context else 1 / 256
    total = sum(follow.values())
    return (follow[byte] + len(follow) * lower) / (total + len(follow)) if total else lower


def test_bits_per_byte() -> None:
    bits = [-math.log2(slow(TEXT[max(0, i - 4) : i], TEXT[i])) for i in range(len(TEXT))]
    assert ByteNgram(TRAIN).bits_per_byte(TEXT) == pytest.approx(sum(bits) / len(bits))


def test_chances_sum_to_one() -> None:
    assert sum(slow(b"the ", byte) for byte in range(256)) == pytest.approx(1.0)
