"""From tokens to the bytes of the text that they cover, without trusting anybody's character offsets.

A tokenizer library's offsets are wrong or ambiguous for half of the world: several tokens of one character share
its range, `▁` borrows the letter after it, trimmed spaces belong to nobody. So the bytes that tokens stand for are
laid on the text themselves. Where they spell it (all byte-level tokenizers, all that normalise nothing) the cut
is exact; elsewhere offsets say where a token may lie, and its bytes decide within.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import regex

Ends = npt.NDArray[np.int64]
Ranges = list[tuple[int, int]]


def byte_positions(text: str) -> Ends:
    """Byte offset of every code point, and of the end: shape (code points + 1)."""
    if text.isascii():
        return np.arange(len(text) + 1, dtype=np.int64)
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    widths = 1 + (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000)
    return np.concatenate(([0], np.cumsum(widths)))


def grapheme_starts(text: str) -> Ends:
    """Code point offsets at which a grapheme begins, and of the end."""
    if text.isascii() and "\r\n" not in text:
        return np.arange(len(text) + 1, dtype=np.int64)
    return np.array([match.start() for match in regex.finditer(r"\X", text)] + [len(text)], dtype=np.int64)


def spelled(source: bytes, parts: Sequence[bytes]) -> Ranges | None:
    """Ranges of tokens whose bytes, in order, are the source, perhaps with one dummy space before it; else None."""
    joined = b"".join(parts)
    if joined == source:
        shift = 0
    elif joined[:1] == b" " and joined[1:] == source:
        shift = 1
    else:
        return None
    ends = np.cumsum(np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))) - shift
    starts = np.concatenate(([0], ends[:-1])) if len(parts) else ends
    return list(zip(np.maximum(starts, 0).tolist(), np.maximum(ends, 0).tolist(), strict=True))


def fitted(source: bytes, parts: Sequence[bytes], offsets: Sequence[tuple[int, int]]) -> Ranges:
    """Ranges of tokens that do not spell the source, from byte offsets that say roughly where each lies.

    Each token takes the bytes that it spells there; one that spells something else (normalised, unknown) takes its
    whole place, and the space before it if it begins with one that no token has taken. Nothing is taken twice.
    """
    ranges: Ranges = []
    claimed = 0
    following = [*(low for low, _ in offsets[1:]), len(source) + 1][: len(parts)]
    for part, (low, high), after in zip(parts, offsets, following, strict=True):
        start = max(claimed, low)
        end = max(start, high)
        size = len(part)
        borrowed = part == b" " and after <= low  # a dummy space that lies on the place of the token after it
        if borrowed:
            end = start
        elif size and start + size <= end and source[start : start + size] == part:
            end = start + size
            part = b""
        if part[:1] == b" " and start > claimed and source[start - 1] == 0x20:
            start -= 1
            end = max(end, start + 1)
        ranges.append((start, end))
        claimed = end
    return ranges


def absorb(text: str, ranges: Ranges, normalise: Callable[[str], str]) -> Ranges:
    """Let a token keep the marks that normalisation composed into it (NFC of e + ◌́), which offsets leave out.

    Marks that normalisation throws away are skipped text and stay outside.
    """
    positions = byte_positions(text)
    graphemes = grapheme_starts(text)
    grown = list(ranges)
    following = len(text.encode())
    for index in range(len(ranges) - 1, -1, -1):
        start, end = ranges[index]
        if end < following and (index + 1 == len(ranges) or ranges[index + 1][0] > end):
            grown[index] = (start, _grown(text, end, following, positions, graphemes, normalise))
        following = start
    return grown


def _grown(text: str, end: int, limit: int, positions: Ends, graphemes: Ends, normalise: Callable[[str], str]) -> int:
    char = int(np.searchsorted(positions, end))
    after = int(np.searchsorted(graphemes, char))
    if after == 0 or after >= len(graphemes) or graphemes[after] == char:
        return end
    stop = min(int(graphemes[after]), int(np.searchsorted(positions, limit)))
    first = int(graphemes[after - 1])
    if normalise(text[first:char]) == normalise(text[first:stop]):
        return end
    return int(positions[stop])
