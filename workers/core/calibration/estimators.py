"""Estimators of how uncertain a model was of a whole answer, each from one teacher-forced pass over its tokens."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workers.core.calibration.answers import ScoredAnswer


@dataclass(frozen=True)
class Estimator:
    """An uncertainty of an answer, greater for less certain, and the number in [0, 1] that goes with it, if any."""

    key: str
    label: str
    uncertainty: Callable[[ScoredAnswer], float]
    confidence: Callable[[ScoredAnswer], float] | None = None


def _sum(one: ScoredAnswer) -> float:
    return -float(one.log_probability.sum(dtype=np.float64))


def _mean(one: ScoredAnswer) -> float:
    return -float(one.log_probability.mean(dtype=np.float64))


def _largest(one: ScoredAnswer) -> float:
    return -float(one.log_probability.min())


def _mean_probability(one: ScoredAnswer) -> float:
    return float(np.exp(one.log_probability.astype(np.float64)).mean())


def _mean_entropy(one: ScoredAnswer) -> float:
    return float(one.entropy.mean(dtype=np.float64))


def _largest_entropy(one: ScoredAnswer) -> float:
    return float(one.entropy.max())


def _margin(one: ScoredAnswer) -> float:
    return float((one.top[:, 0] - one.top[:, -1]).mean(dtype=np.float64))


def _falling(uncertainty: Callable[[ScoredAnswer], float]) -> Callable[[ScoredAnswer], float]:
    return lambda one: float(np.exp(-max(0.0, uncertainty(one))))


ESTIMATORS = (
    Estimator("sequence_nll", "Sequence surprisal (−Σ ln p)", _sum, _falling(_sum)),
    Estimator("mean_nll", "Mean surprisal (perplexity)", _mean, _falling(_mean)),
    Estimator("largest_nll", "Largest surprisal", _largest, _falling(_largest)),
    Estimator("mean_probability", "1 − mean probability", lambda one: 1 - _mean_probability(one), _mean_probability),
    Estimator("mean_entropy", "Mean entropy", _mean_entropy, _falling(_mean_entropy)),
    Estimator("largest_entropy", "Largest entropy", _largest_entropy, _falling(_largest_entropy)),
    Estimator("mean_margin", "1 − mean margin", lambda one: 1 - _margin(one), _margin),
    Estimator("length", "Length in tokens", lambda one: float(len(one.log_probability))),
)
"""MSP, perplexity, and so on as in lm-polygraph; length is what every other has to beat."""
