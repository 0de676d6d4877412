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
        squares = (chunk.shifted - chunk.mean_shifted).square_()
        return {"deviation": (torch.linalg.vecdot(chunk.weights, squares) / chunk.mass.squeeze(-1)).sqrt()}


@dataclass(frozen=True)
class Kurtosis(Statistic):
    """`kurtosis` (Pearson's: 3 for a normal distribution) of the V probabilities or logits; NaN where all are equal.

    A suppressed token has probability 0, and no logit: the kurtosis of logits is that of the others.
    """

    over: Literal["probabilities", "logits"] = "probabilities"

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """m₄ / m₂², which does not change with the scale: weights do for probabilities."""
        values = chunk.weights if self.over == "probabilities" else chunk.shifted
        count = torch.full_like(chunk.peak, values.shape[-1])
        mean = values.sum(-1, keepdim=True) / count
        if self.over == "logits" and values.numel() and values.amin() <= SUPPRESSED:
            known = values > SUPPRESSED
            count = known.sum(-1, keepdim=True).float()
            mean = values.masked_fill(~known, 0.0).sum(-1, keepdim=True) / count
            values = torch.where(known, values, mean)
        squares = (values - mean).square_()
        second = squares.sum(-1) / count.squeeze(-1)
        fourth = torch.linalg.vecdot(squares, squares) / count.squeeze(-1)
        constant = second <= (_CONSTANT * mean.squeeze(-1)).square()
        return {"kurtosis": (fourth / second.square()).masked_fill(constant, torch.nan)}
