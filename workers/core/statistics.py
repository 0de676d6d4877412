"""Per-token statistics of next-token distributions, computed over chunks of rows and shared by all methods.

A statistic is a small frozen record, so that two methods asking for the same one get the same arrays. It reads
from a `RowChunk`, whose intermediate tensors are computed once however many statistics need them. All logarithms
are natural, all values float32.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

SUPPRESSED = -1e4
"""A logit so far below the largest is as good as −inf, but finite: 0 · it is 0 and not NaN."""
_BLOCK = 128
"""The vocabulary is searched for its best tokens in blocks of this many."""
_CACHED_ELEMENTS = 1 << 19
"""A CPU reads logits in slices of 2 MiB: what fits its cache is read ten times at the price of once."""


@dataclass(frozen=True)
class RowChunk:
    """Rows of logits over the real vocabulary, float32 (rows, V), and the token that followed each (rows).

    `end_ids` are the tokens that end a text. `room` holds the tensors that slices compute in, one after the other.
    """

    logits: Tensor
    ids: Tensor
    end_ids: tuple[int, ...] = ()
    room: dict[str, Tensor] = field(default_factory=dict, repr=False, compare=False)
    _tops: dict[int, tuple[Tensor, Tensor]] = field(default_factory=dict, repr=False, compare=False)

    def slices(self) -> Iterator["RowChunk"]:
        """The same rows, on a CPU as many at a time as fit its cache; each is good until the next is asked for."""
        rows = max(1, len(self.ids) if self.logits.is_cuda else _CACHED_ELEMENTS // self.logits.shape[-1])
        room: dict[str, Tensor] = {}
        for start in range(0, max(1, len(self.ids)), rows):
            yield RowChunk(self.logits[start : start + rows], self.ids[start : start + rows], self.end_ids, room)

    def place(self, name: str) -> Tensor:
        """A tensor (rows, V) of this name to compute in; the next slice computes in it too.

        Memory that is asked for anew costs more time than all that is computed in it.
        """
        known = self.room.get(name)
        if known is None or len(known) < len(self.ids):
            known = self.room[name] = torch.empty_like(self.logits, memory_format=torch.contiguous_format)
        return known[: len(self.ids)]

    @cached_property
    def _maxima(self) -> Tensor:
        """The largest logit of each whole block (rows, blocks)."""
        whole = self.logits.shape[-1] // _BLOCK
        return self.logits[:, : whole * _BLOCK].view(len(self.ids), whole, _BLOCK).amax(-1)

    @cached_property
    def peak(self) -> Tensor:
        """The largest logit (rows, 1)."""
        rest = self.logits[:, self._maxima.shape[-1] * _BLOCK :]
        return torch.cat([self._maxima, rest], dim=-1).amax(-1, keepdim=True)

    @cached_property
    def shifted(self) -> Tensor:
        """Logits less the largest (rows, V), `SUPPRESSED` for −inf."""
        return torch.sub(self.logits, self.peak, out=self.place("shifted")).clamp_(min=SUPPRESSED)

    @cached_property
    def probabilities(self) -> Tensor:
        """p over the vocabulary (rows, V)."""
        return torch.softmax(self.logits, -1, out=self.place("probabilities"))

    @cached_property
    def log_mass(self) -> Tensor:
        """−ln p of the most probable token (rows, 1): ln Σ exp(shifted)."""
        return -self.probabilities.amax(-1, keepdim=True).log()

    @cached_property
    def mean_shifted(self) -> Tensor:
        """Σ p · shifted (rows, 1)."""
        return torch.mul(self.probabilities, self.shifted, out=self.place("scratch")).sum(-1, keepdim=True)

    @cached_property
    def token_logits(self) -> Tensor:
        """The logit of each row's token (rows, 1)."""
        return self.logits.gather(-1, self.ids[:, None])

    def log_of(self, logits: Tensor) -> Tensor:
        """ln p of tokens whose logits (rows, …) these are, exact for logits of any size."""
        return logits - self.peak - self.log_mass

    @cached_property
    def log_probabilities(self) -> Tensor:
        """ln p over the vocabulary (rows, V)."""
        return torch.sub(self.logits, self.peak + self.log_mass, out=self.place("log_probabilities"))

    def top(self, k: int) -> tuple[Tensor, Tensor]:
        """The k largest logits, best first, and their ids."""
        if all(known < k for known in self._tops):
            self._tops[k] = self._search(min(k, self.logits.shape[-1]))
        values, ids = self._tops[min(known for known in self._tops if known >= k)]
        return values[:, :k], ids[:, :k]

    def _search(self, k: int) -> tuple[Tensor, Tensor]:
        """They lie in the k blocks whose maxima are largest, or behind the last whole block."""
        size, blocks = self.logits.shape[-1], self._maxima.shape[-1]
        if 2 * k >= blocks:
            best = self.logits.topk(k, dim=-1)
            return best.values, best.indices
        within = torch.arange(_BLOCK, device=self.logits.device)
        places = (self._maxima.topk(k, dim=-1).indices[..., None] * _BLOCK + within).flatten(1)
        rest = torch.arange(blocks * _BLOCK, size, device=self.logits.device).expand(len(places), -1)
        places = torch.cat([places, rest], dim=-1)
        best = self.logits.gather(-1, places).topk(k, dim=-1)
        return best.values, places.gather(-1, best.indices)


class Statistic(ABC):
    """One or more named numbers for each row."""

    @abstractmethod
    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """Tensors of shape (rows,) or (rows, k)."""


@dataclass(frozen=True)
class TokenLogProbability(Statistic):
    """`log_probability` = ln p(token) [nat]."""

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """ln p of the token that followed."""
        return {"log_probability": chunk.log_of(chunk.token_logits).squeeze(-1)}


@dataclass(frozen=True)
class TokenRank(Statistic):
    """`rank`: how many tokens were more probable than the one that followed (0: none)."""

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """Count of strictly larger logits, as a sum of floats: a CPU adds up booleans ten times more slowly."""
        token = chunk.token_logits.clamp(min=torch.finfo(torch.float32).min)
        return {"rank": torch.sub(chunk.logits, token, out=chunk.place("scratch")).clamp_(0, 1).ceil_().sum(-1)}


@dataclass(frozen=True)
class Entropy(Statistic):
    """`entropy` = −Σ p ln p [nat]; suppressed tokens (logit −inf) count as p = 0."""

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """−ln p of the best token, and by how much the others' lie below it on average."""
        return {"entropy": (chunk.log_mass - chunk.mean_shifted).squeeze(-1).clamp_min(0.0)}


@dataclass(frozen=True)
class Top(Statistic):
    """`top_ids` (rows, k) and `top_probabilities` (rows, k), best first; k is cut to the vocabulary."""

    k: int

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """The k most probable tokens."""
        logits, ids = chunk.top(self.k)
        return {"top_ids": ids, "top_probabilities": chunk.log_of(logits).exp()}


@dataclass(frozen=True)
class EndProbability(Statistic):
    """`end_probability`: the probability that the text ended here, the sum over all tokens that end a text."""

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """Σ p(end token)."""
        ends = torch.tensor(chunk.end_ids, dtype=torch.long, device=chunk.logits.device)
        return {"end_probability": chunk.log_of(chunk.logits[:, ends]).exp().sum(-1)}
