"""Statistics of second and fourth moments: how spread the log-probabilities are, how peaked a distribution is."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from workers.core.statistics import SUPPRESSED, RowChunk, Statistic

_CONSTANT = 1e-6
"""A spread below this share of the mean is what rounding leaves of none."""


@dataclass(frozen=True)
class LogProbabilityDeviation(Statistic):
    """`deviation` = √(Σ p (ln p)² − (Σ p ln p)²) [nat]: by how much ln p varies when tokens are drawn from p."""

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """The standard deviation of ln p under p; the squares are centred first, so that nothing cancels."""
        squares = torch.sub(chunk.shifted, chunk.mean_shifted, out=chunk.place("scratch")).square_()
        return {"deviation": squares.mul_(chunk.probabilities).sum(-1).sqrt_()}


@dataclass(frozen=True)
class Kurtosis(Statistic):
    """`kurtosis` (Pearson's: 3 for a normal distribution) of the V probabilities or logits; NaN where all are equal.

    A suppressed token has probability 0, and no logit: the kurtosis of logits is that of the others.
    """

    over: Literal["probabilities", "logits"] = "probabilities"

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """m₄ / m₂², which does not change with the scale."""
        centred, scale, count = _probabilities(chunk) if self.over == "probabilities" else _logits(chunk)
        squares = centred.square_()
        second = squares.sum(-1) / count
        fourth = squares.square_().sum(-1) / count
        constant = second <= (_CONSTANT * scale) ** 2
        return {"kurtosis": (fourth / second.square()).masked_fill(constant, torch.nan)}


def _probabilities(chunk: RowChunk) -> tuple[Tensor, Tensor, Tensor]:
    """Probabilities · V less their mean, which is 1; that mean, and V. No fourth power of them is too small."""
    size = chunk.logits.shape[-1]
    one = torch.ones_like(chunk.peak)
    centred = torch.add(-one, chunk.probabilities, alpha=size, out=chunk.place("scratch"))
    return centred, one.squeeze(-1), size * one.squeeze(-1)


def _logits(chunk: RowChunk) -> tuple[Tensor, Tensor, Tensor]:
    """Logits less their mean, that mean (below the largest), and how many are not suppressed."""
    values = chunk.shifted
    known = values > SUPPRESSED
    count = known.sum(-1, keepdim=True)
    mean = torch.where(known, values, 0.0).sum(-1, keepdim=True) / count
    return torch.where(known, values - mean, 0.0), mean.squeeze(-1), count.squeeze(-1)
