"""What several models say at the same rows: statistics of their next-token distributions side by side.

A paired statistic is a small frozen record, like those of `workers.core.statistics`. It reads one `RowChunk` of each
model, over one vocabulary and with the same tokens following: the job's model first, then the role's. p is always the
job's model, q the role's. All logarithms are natural, all values float32.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from workers.core.statistics import RowChunk


class PairedStatistic(ABC):
    """One or more named numbers for each row, from the distributions of all models of a call."""

    @abstractmethod
    def of(self, chunks: Sequence[RowChunk]) -> dict[str, Tensor]:
        """Tensors of shape (rows,) or (rows, k)."""


@dataclass(frozen=True)
class Divergence(PairedStatistic):
    """`divergence` = KL(p ‖ q) = Σ p (ln p − ln q) [nat]; infinite where q rules out what p allows."""

    def of(self, chunks: Sequence[RowChunk]) -> dict[str, Tensor]:
        """Σ p (ln p − ln q) of the first two models, with 0 · ln 0 taken as 0."""
        p, q = (chunk.log_probabilities for chunk in chunks[:2])
        return {"divergence": (expected(p, p) - expected(p, q)).clamp_min(0.0)}


@dataclass(frozen=True)
class CrossEntropy(PairedStatistic):
    """`cross_entropy` = −Σ q ln p [nat]: how surprised the job's model would be by what the role's model says."""

    def of(self, chunks: Sequence[RowChunk]) -> dict[str, Tensor]:
        """−Σ q ln p of the first two models, with 0 · ln 0 taken as 0."""
        p, q = (chunk.log_probabilities for chunk in chunks[:2])
        return {"cross_entropy": -expected(q, p)}


@dataclass(frozen=True)
class Overlap(PairedStatistic):
    """`overlap` = Σ min(p, q) = 1 − the total variation distance: 1 where both say the same."""

    def of(self, chunks: Sequence[RowChunk]) -> dict[str, Tensor]:
        """Σ min(p, q) of the first two models."""
        p, q = (chunk.log_probabilities for chunk in chunks[:2])
        return {"overlap": torch.minimum(p, q).exp_().sum(-1).clamp_max(1.0)}


@dataclass(frozen=True)
class TopRank(PairedStatistic):
    """`top_rank`: how many tokens the role's model finds more probable than the one the job's model would choose."""

    def of(self, chunks: Sequence[RowChunk]) -> dict[str, Tensor]:
        """Rank under q of argmax p (0: both would choose it; equally probable tokens count as chosen)."""
        first, second = chunks[:2]
        chosen = second.logits.gather(-1, first.logits.argmax(-1, keepdim=True))
        return {"top_rank": (second.logits > chosen).sum(-1)}


def expected(weights: Tensor, values: Tensor) -> Tensor:
    """Σ exp(weights) · values over the last axis; what has weight 0 counts nothing, also where its value is −inf."""
    probabilities = weights.exp()
    summed = torch.einsum("rv,rv->r", probabilities, values)
    if torch.isfinite(summed).all():
        return summed
    return torch.where(probabilities > 0, probabilities * values, 0.0).sum(-1)
