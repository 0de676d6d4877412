"""Per-token statistics of next-token distributions, computed over chunks of rows and shared by all methods.

A statistic is a small frozen record, so that two methods asking for the same one get the same arrays. It reads
from a `RowChunk`, whose intermediate tensors are computed once however many statistics need them. All logarithms
are natural, all values float32.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Arrays = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class RowChunk:
    """Rows of logits over the real vocabulary, float32 (rows, V), and the token that followed each (rows)."""

    logits: Tensor
    ids: Tensor

    @cached_property
    def log_probabilities(self) -> Tensor:
        """ln p over the vocabulary (rows, V), exact for logits of any size."""
        return self.logits.log_softmax(-1)

    @cached_property
    def token_logits(self) -> Tensor:
        """The logit of each row's token (rows, 1)."""
        return self.logits.gather(-1, self.ids[:, None])


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
        return {"log_probability": chunk.log_probabilities.gather(-1, chunk.ids[:, None]).squeeze(-1)}


@dataclass(frozen=True)
class TokenRank(Statistic):
    """`rank`: how many tokens were more probable than the one that followed (0: none)."""

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """Count of strictly larger logits."""
        return {"rank": (chunk.logits > chunk.token_logits).sum(-1)}


@dataclass(frozen=True)
class Entropy(Statistic):
    """`entropy` = −Σ p ln p [nat]; suppressed tokens (logit −inf) count as p = 0."""

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """−Σ p ln p, with 0 · −inf taken as 0."""
        logs = chunk.log_probabilities
        probabilities = logs.exp()
        weighted = torch.einsum("rv,rv->r", probabilities, logs)
        if not torch.isfinite(weighted).all():
            weighted = (probabilities * logs).nan_to_num(0.0).sum(-1)
        return {"entropy": (-weighted).clamp_min(0.0)}


@dataclass(frozen=True)
class Top(Statistic):
    """`top_ids` (rows, k) and `top_probabilities` (rows, k), best first; k is cut to the vocabulary."""

    k: int

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """The k most probable tokens."""
        best = chunk.logits.topk(min(self.k, chunk.logits.shape[-1]), dim=-1)
        return {"top_ids": best.indices, "top_probabilities": chunk.log_probabilities.gather(-1, best.indices).exp()}


def collect(statistics: Sequence[Statistic], chunk: RowChunk) -> dict[Statistic, dict[str, Tensor]]:
    """Every statistic of one chunk."""
    return {statistic: statistic.of(chunk) for statistic in statistics}
