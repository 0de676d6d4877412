"""An interpolated byte 5-gram: the yardstick that prose is measured against."""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]


class ByteNgram:
    """Bytes given up to four before them, interpolated over all shorter contexts by Witten and Bell (1991)."""

    def __init__(self, text: bytes, order: int = 5) -> None:
        data = np.frombuffer(text, dtype=np.uint8).astype(np.int64)
        self._orders = [_counted(data, length) for length in range(order)]

    def bits_per_byte(self, text: bytes) -> float:
        """Mean surprisal of a text, in bits a byte."""
        data = np.frombuffer(text, dtype=np.uint8).astype(np.int64)
        chances = np.full(len(data), 1 / 256)
        for length, (grams, counts, contexts, totals, kinds) in enumerate(self._orders):
            context, gram = _codes(data, length)
            seen = _looked_up(gram, grams, counts)
            total, distinct = _looked_up(context, contexts, totals), _looked_up(context, contexts, kinds)
            known = total > 0
            tail = chances[length:]
            better = (seen + distinct * tail) / np.maximum(total + distinct, 1)
            chances[length:] = np.where(known, better, tail)
        return float(-np.log2(chances).mean())


def _codes(data: Codes, length: int) -> tuple[Codes, Codes]:
    context = np.zeros(len(data) - length, dtype=np.int64)
    for place in range(length):
        context = context * 256 + data[place : len(data) - length + place]
    return context, context * 256 + data[length:]


def _counted(data: Codes, length: int) -> tuple[Codes, Codes, Codes, Codes, Codes]:
    grams, counts = np.unique(_codes(data, length)[1], return_counts=True)
    contexts, first = np.unique(grams // 256, return_index=True)
    kinds = np.diff(np.append(first, len(grams)))
    return grams, counts, contexts, np.add.reduceat(counts, first), kinds


def _looked_up(wanted: Codes, keys: Codes, values: Codes) -> Codes:
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
