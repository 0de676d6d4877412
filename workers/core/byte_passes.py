"""Exact probabilities of bytes under a model of tokens: every canonical way to cover them is counted.

Two covers of a text agree up to the last place at which every cut agrees (no token holds the two bytes around it),
so only the stretch behind it is cut in all ways: for each of its bytes one sequence of tokens that ends there, and
all tokens that go on from it.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import torch

from workers.core.covers import Covers
from workers.core.decoding import Decoder
from workers.core.stretches import Stretch

Numbers = npt.NDArray[np.float64]
Context = tuple[int, ...]

_NEGLIGIBLE = 1e-12
"""Tokens that are less probable are counted without asking whether they are canonical."""


class ByteRows:
    """ln P of the beginnings of a stretch, given the tokens before it that `state` has read."""

    def __init__(self, covers: Covers, state: Decoder, stretch: Stretch, text: bytes, *, checked: bool) -> None:
        self._covers = covers
        self._stretch = stretch
        self._checked = checked
        self._lead = len(stretch.lead)
        self._spelled = stretch.lead + text[stretch.start : stretch.stop]
        self.contexts = self._all_contexts()
        self._logs: dict[Context, float] = {(): 0.0}
        self.rows: dict[Context, Numbers] = {}
        """P over all ids (V) behind each context."""
        self._read(state)

    def _all_contexts(self) -> dict[int, Context]:
        """The canonical tokens of each beginning of what is spelled that a sequence of tokens may end with."""
        found: dict[int, Context] = {0: ()}
        size, start = len(self._spelled), 0
        for end in range(self._lead + 1, size + 1):
            if end < size and self._spelled[end] & 0xC0 == 0x80:
                continue  # inside a character: its own tokens say where one may end
            tokens = self._covers.canonical(self._stretch.before, self._spelled[self._lead : end])
            found |= {at: context for at, context in self._ends(tokens or ()).items() if start < at <= end}
            start = end
        return found | self._ends(tuple(self._stretch.tokens))

    def _ends(self, tokens: Context) -> dict[int, Context]:
        """Where each token ends, and the tokens up to there."""
        sizes = [len(self._covers.tokenizer.token_bytes(id)) for id in tokens]
        return {int(at): tokens[:count] for count, at in enumerate(np.cumsum(sizes), 1)}

    def _read(self, state: Decoder) -> None:
        """The distribution behind each context, those of one length side by side."""
        wanted = {context[:size] for context in self.contexts.values() for size in range(len(context) + 1)}
        self.rows[()] = _probabilities(state.next_logits())[0]
        for size in range(1, max(map(len, wanted)) + 1):
            level = sorted(context for context in wanted if len(context) == size)
            for context in level:
                chance = float(self.rows[context[:-1]][context[-1]])
                self._logs[context] = self._logs[context[:-1]] + (float(np.log(chance)) if chance > 0 else -np.inf)
            rows = state.branch(len(level))
            rows.extend(*level)
            for context, row in zip(level, _probabilities(rows.next_logits()), strict=True):
                self.rows[context] = row

    @property
    def log_probability(self) -> float:
        """ln P of the stretch's own tokens, given those before."""
        return self._logs[tuple(self._stretch.tokens)]

    def beginnings(self) -> Numbers:
        """ln P of the first 0, 1, … bytes of the stretch (bytes + 1): −inf where the model holds them impossible."""
        size = len(self._spelled)
        total = np.full(size + 1, -np.inf)
        for at, context in self.contexts.items():
            if at == size:
                continue
            follow = self._follow(at, context, self._spelled[at : max(at, self._lead) + 1])
            for end in range(max(at, self._lead) + 1, size + 1):
                mass = follow(self._covers.beginning(self._spelled[at:end]))
                if mass > 0:
                    total[end] = np.logaddexp(total[end], self._logs[context] + np.log(mass))
        total[self._lead] = 0.0
        return total[self._lead :]

    def next_bytes(self) -> Numbers:
        """P of each byte (256) behind the whole stretch, up to a factor that they share."""
        found = np.zeros(256)
        for at, context in self.contexts.items():
            prefix = self._spelled[at:]
            follow = self._follow(at, context, prefix)
            for byte, where in _next_bytes(self._covers, prefix):
                found[byte] += np.exp(self._logs[context]) * follow(where)
        return found

    def _follow(self, at: int, context: Context, prefix: bytes) -> Callable[[slice], float]:
        """The mass behind a context of any slice of the tokens that begin with `prefix`."""
        where = self._covers.beginning(prefix)
        mass = self.rows[context][self._covers.ids[where]]
        if self._checked:
            for place in np.flatnonzero(mass > _NEGLIGIBLE).tolist():
                if not self._canonical(at, context, where.start + place):
                    mass[place] = 0.0
        return lambda part: float(mass[part.start - where.start : part.stop - where.start].sum())

    def _canonical(self, at: int, context: Context, index: int) -> bool:
        if (*context, int(self._covers.ids[index])) in self.rows:
            return True
        said = (self._spelled[:at] + self._covers.keys[index])[self._lead :]
        return self._covers.valid(self._stretch.before, context, said, index)


def _probabilities(logits: torch.Tensor) -> Numbers:
    rows: Numbers = logits.double().softmax(-1).numpy()
    return rows


def _next_bytes(covers: Covers, prefix: bytes) -> Iterator[tuple[int, slice]]:
    """The bytes that may follow a prefix within one token, and where the tokens lie that go on so."""
    for byte in range(256):
        where = covers.beginning(prefix + bytes((byte,)))
        if where.stop > where.start:
            yield byte, where


def next_bytes_of(covers: Covers, row: Numbers, prefix: bytes = b"") -> Numbers:
    """P of each byte (256) behind `prefix` in one distribution over tokens, adding up to 1 where any has mass."""
    found = np.zeros(256)
    for byte, where in _next_bytes(covers, prefix):
        found[byte] = row[covers.ids[where]].sum()
    return found / found.sum() if found.sum() > 0 else found
