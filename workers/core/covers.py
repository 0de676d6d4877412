"""From tokens to bytes: the tokens that begin with some bytes, and where every way to cut a text into tokens cuts.

Phan et al. 2024, arXiv 2410.09303, from its formulas: the probability of bytes is the sum over the covers of them,
canonical token sequences of which the last token alone may reach beyond.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from workers.models.tokenizing import TextTokenizer


class Covers:
    """What a vocabulary of `size` real ids says about bytes; special tokens stand for none."""

    def __init__(self, tokenizer: TextTokenizer, size: int) -> None:
        self.tokenizer = tokenizer
        spelled = [(tokenizer.token_bytes(id), id) for id in range(size) if not tokenizer.is_special(id)]
        spelled = sorted((data, id) for data, id in spelled if data)
        self.keys = [data for data, _ in spelled]
        self.ids = np.array([id for _, id in spelled], np.int64)
        self._alone: dict[int, bool] = {}

    def beginning(self, prefix: bytes) -> slice:
        """Where among `ids` the tokens lie whose bytes begin with these."""
        low = bisect_left(self.keys, prefix)
        after = prefix.rstrip(b"\xff")
        if not after:
            return slice(low, len(self.keys))
        return slice(low, bisect_left(self.keys, after[:-1] + bytes((after[-1] + 1,))))

    @cached_property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Which pairs of bytes stand next to each other within some token (256, 256)."""
        found = np.zeros((256, 256), bool)
        for data in self.keys:
            pairs = np.frombuffer(data, np.uint8)
            found[pairs[:-1], pairs[1:]] = True
        return found

    def cuts(self, text: bytes) -> list[int]:
        """Byte offsets within the text at which every sequence of tokens that spells it has a boundary."""
        data = np.frombuffer(text, np.uint8)
        if len(data) < 2:
            return []
        found: list[int] = (np.flatnonzero(~self.inside[data[:-1], data[1:]]) + 1).tolist()
        return found

    def canonical(self, before: str, said: bytes) -> tuple[int, ...] | None:
        """The tokens of `said` where it follows `before`, at whose end every cut agrees; None where there are none.

        Bytes that end inside a character have none. Where a tokenizer drops spaces at the end of a text, the tokens
        are those that it writes when a letter follows.
        """
        try:
            text = said.decode()
        except UnicodeDecodeError:
            return None
        first = self.tokenizer.ids(before) if before else []
        for follow in ("", "a") if text[-1:].isspace() else ("",):
            both = self.tokenizer.ids(before + text + follow)
            if both[: len(first)] != first:
                continue
            tokens = self._spelling(both[len(first) :], said, dummy=not before)
            if tokens is not None:
                return tokens
        return None

    def _spelling(self, ids: Sequence[int], said: bytes, *, dummy: bool) -> tuple[int, ...] | None:
        """The first of these tokens that together spell `said`, behind a dummy space where there may be one."""
        spelled = b""
        wanted = (said, b" " + said) if dummy and self.tokenizer.dummy_prefix else (said,)
        for count, id in enumerate(ids, 1):
            spelled += self.tokenizer.token_bytes(id)
            if spelled in wanted and (count == len(ids) or spelled == wanted[-1]):
                return tuple(ids[:count])
        return None

    def valid(self, before: str, context: tuple[int, ...], said: bytes, index: int) -> bool:
        """Whether the token `ids[index]` makes a canonical sequence with `context`; both together are `said`.

        What ends inside a character cannot be encoded again; it counts as canonical.
        """
        id = int(self.ids[index])
        if context or not before:
            return self._again(before, (*context, id), said)
        if id not in self._alone:
            self._alone[id] = self._again(before, (id,), said)
        return self._alone[id]

    def _again(self, before: str, tokens: tuple[int, ...], said: bytes) -> bool:
        try:
            said.decode()
        except UnicodeDecodeError:
            return True
        return self.canonical(before, said) == tokens
