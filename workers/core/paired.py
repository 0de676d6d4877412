"""What several models say at the same rows: statistics of their next-token distributions side by side.

A paired statistic is a small frozen record, like those of `workers.core.statistics`. It reads one `RowChunk` of each
model, over one vocabulary and with the same tokens following: the job's model first, then the roles'. p is always the
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
    """`divergence` = KL(q ‖ p) = Σ q (ln q − ln p) [nat], or KL(p ‖ q); infinite where the second rules out a token."""

    first: bool = False
    """Whether the job's model comes first: KL(p ‖ q)."""

    def of(self, chunks: Sequence[RowChunk]) -> dict[str, Tensor]:
        """Cross-entropy less entropy of the first two models."""
        p, q = chunks[:2] if self.first else (chunks[1], chunks[0])
        entropy = p.log_mass - p.mean_shifted
        return {"divergence": (cross_entropy(p, q) - entropy.squeeze(-1)).clamp_min(0.0)}


@dataclass(frozen=True)
class CrossEntropy(PairedStatistic):
    """`cross_entropy` = −Σ q ln p [nat]: how surprised the job's model would be by what the role's model says."""

    def of(self, chunks: Sequence[RowChunk]) -> dict[str, Tensor]:
        """−Σ q ln p of the first two models."""
        return {"cross_entropy": cross_entropy(chunks[1], chunks[0])}


@dataclass(frozen=True)
class Overlap(PairedStatistic):
    """`overlap` = Σ min(p, q) = 1 − the total variation distance: 1 where both say the same."""

    def of(self, chunks: Sequence[RowChunk]) -> dict[str, Tensor]:
        """Σ min(p, q) of the first two models."""
        p, q = chunks[:2]
        shared = torch.minimum(p.probabilities, q.probabilities, out=p.place("scratch"))
        return {"overlap": shared.sum(-1).clamp_max(1.0)}


@dataclass(frozen=True)
class TopRank(PairedStatistic):
    """`top_rank`: how many tokens the role's model finds more probable than the one the job's model would choose."""

    def of(self, chunks: Sequence[RowChunk]) -> dict[str, Tensor]:
        """Rank under q of argmax p (0: both would choose it; equally probable tokens count as chosen)."""
        first, second = chunks[:2]
        chosen = second.logits.gather(-1, first.top(1)[1]).clamp(min=torch.finfo(torch.float32).min)
        return {"top_rank": (second.logits - chosen).clamp_(0, 1).ceil_().sum(-1)}


def cross_entropy(weighting: RowChunk, scored: RowChunk) -> Tensor:
    """−Σ p ln q (rows) of p `weighting` and q `scored`; what p rules out counts nothing, what only q does, infinity."""
    mean = torch.mul(weighting.probabilities, scored.shifted, out=weighting.place("scratch")).sum(-1)
    found: Tensor = scored.log_mass.squeeze(-1) - mean
    if torch.isneginf(scored.logits.amin(-1)).any():
        ruled_out = torch.isneginf(scored.logits) & (weighting.probabilities > 0)
        found = found.masked_fill(ruled_out.any(-1), torch.inf)
    return found
