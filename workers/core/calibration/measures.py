"""Every figure of every estimator on one file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from workers.core.calibration.answers import ScoredAnswer
from workers.core.calibration.estimators import ESTIMATORS, Estimator
from workers.core.calibration.ranking import Baseline, Values, auroc, prr, prr_interval
from workers.core.calibration.reliability import Binning, ece, isotonic, min_max

Report = Callable[[str, float | None], None]
Confidence = Literal["probability", "min_max", "isotonic"]


@dataclass(frozen=True)
class Settings:
    """How the figures are computed: the method's parameters that matter here, and the run's seed."""

    bins: int
    confidence: Confidence
    baseline: Baseline
    resamples: int
    seed: int


@dataclass(frozen=True)
class Measured:
    """An estimator on the rows for which it is a number (`kept`), and its figures; None where one is not defined."""

    estimator: Estimator
    kept: npt.NDArray[np.bool_]
    uncertainty: Values
    quality: Values
    confidence: Values | None
    prr: float | None
    prr_half: float | None
    interval: tuple[float, float] | None
    auroc: float | None
    ece_width: float | None
    ece_mass: float | None

    @property
    def excluded(self) -> int:
        """How many answers the estimator gives no finite number for."""
        return int((~self.kept).sum())

    @property
    def order(self) -> float:
        """What estimators are ranked by: PRR, those without one last."""
        return -np.inf if self.prr is None else self.prr


def measure(
    scored: Sequence[ScoredAnswer], quality: Values, settings: Settings, report: Report = lambda message, fraction: None
) -> list[Measured]:
    """All estimators, the best ranking first; `report` hears of each."""
    found = []
    for index, one in enumerate(ESTIMATORS):
        report(f"Ranking the answers by {one.label}", 0.9 + 0.1 * index / len(ESTIMATORS))
        with np.errstate(invalid="ignore"):
            found.append(_measure(one, scored, quality, settings))
    return sorted(found, key=lambda one: -one.order)


def _measure(estimator: Estimator, scored: Sequence[ScoredAnswer], every: Values, settings: Settings) -> Measured:
    all_uncertain = np.array([estimator.uncertainty(one) for one in scored])
    kept = np.isfinite(all_uncertain)
    uncertainty, quality = all_uncertain[kept], every[kept]
    confidence = None
    if quality.size and quality.min() >= 0 and quality.max() <= 1:
        confidence = _confidence(estimator, scored, kept, uncertainty, quality, settings)
    binary = bool(np.isin(quality, (0.0, 1.0)).all())
    ranked = partial(prr, uncertainty, quality, baseline=settings.baseline, seed=settings.seed)
    return Measured(
        estimator=estimator,
        kept=kept,
        uncertainty=uncertainty,
        quality=quality,
        confidence=confidence,
        prr=ranked(1.0) if quality.size else None,
        prr_half=ranked(0.5) if quality.size else None,
        interval=prr_interval(uncertainty, quality, settings.resamples, settings.seed) if quality.size else None,
        auroc=auroc(uncertainty, quality == 1) if binary else None,
        ece_width=_ece(confidence, quality, settings.bins, "equal_width"),
        ece_mass=_ece(confidence, quality, settings.bins, "equal_mass"),
    )


def _confidence(
    estimator: Estimator,
    scored: Sequence[ScoredAnswer],
    kept: npt.NDArray[np.bool_],
    uncertainty: Values,
    quality: Values,
    settings: Settings,
) -> Values | None:
    if settings.confidence == "min_max":
        return min_max(uncertainty)
    if settings.confidence == "isotonic":
        return isotonic(uncertainty, quality, settings.seed)
    if estimator.confidence is None:
        return None
    return np.clip([estimator.confidence(one) for one, keep in zip(scored, kept, strict=True) if keep], 0.0, 1.0)


def _ece(confidence: Values | None, quality: Values, number: int, binning: Binning) -> float | None:
    return None if confidence is None else ece(confidence, quality, number, binning)
