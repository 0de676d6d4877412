"""Whether greater uncertainty means a worse answer: prediction rejection (PRR) and AUROC.

Definitions as in lm-polygraph (PredictionRejectionArea, normalize_metric): qualities are scaled to [0, 1], answers are
rejected from the most uncertain on, R_k is the mean quality of those kept after k rejections, the area is the mean of
R_k over k < max_rejection · n, and PRR = (area − random) / (oracle − random). Here answers of equal uncertainty share
their mean quality, so that the order of rows does not count.
"""

from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Values = npt.NDArray[np.float64]
Baseline = Literal["shuffled", "expected"]

SHUFFLES = 1000


def kept_quality(uncertainty: Values, quality: Values) -> Values:
    """R_k for k = 0 … n − 1 rejected answers (n): the mean quality of the n − k least uncertain ones."""
    order = np.argsort(uncertainty, kind="stable")
    return _kept(uncertainty[order], quality[order])


def _kept(uncertainty: Values, quality: Values) -> Values:
    """`kept_quality` of answers in the order of their uncertainty."""
    starts = np.flatnonzero(np.r_[True, uncertainty[1:] != uncertainty[:-1]])
    counts = np.diff(np.r_[starts, len(uncertainty)])
    shared = np.repeat(np.add.reduceat(quality, starts) / counts, counts)
    return (np.cumsum(shared) / np.arange(1, len(shared) + 1))[::-1]


def rejections(count: int, max_rejection: float) -> int:
    """How many of `count` answers may be rejected."""
    return int(max_rejection * count)


def area(uncertainty: Values, quality: Values, max_rejection: float) -> float:
    """The mean of R_k over the allowed rejections."""
    return float(kept_quality(uncertainty, quality)[: rejections(len(quality), max_rejection)].mean())


def random_area(quality: Values, max_rejection: float, baseline: Baseline, seed: int) -> float:
    """The area of a random order: of a thousand seeded shuffles, or what they tend to (the mean quality)."""
    if baseline == "expected":
        return float(quality.mean())
    return _shuffled_area(quality.astype(np.float64).tobytes(), max_rejection, seed)


@lru_cache(maxsize=32)
def _shuffled_area(data: bytes, max_rejection: float, seed: int) -> float:
    """Kept for the next estimator, which ranks the same qualities."""
    quality = np.frombuffer(data)
    kept = np.arange(len(quality), 0, -1)[: rejections(len(quality), max_rejection)]
    source = np.random.default_rng(seed)
    sums = sum(np.cumsum(source.permutation(quality)) for _ in range(SHUFFLES))
    return float((np.asarray(sums)[kept - 1] / kept).mean() / SHUFFLES)


def prr(
    uncertainty: Values,
    quality: Values,
    max_rejection: float = 1.0,
    *,
    baseline: Baseline = "expected",
    seed: int = 0,
) -> float | None:
    """PRR: 1 for the order of an oracle, 0 for a random one. None: nothing to reject, or all are equally good."""
    if rejections(len(quality), max_rejection) < 1 or np.ptp(quality) == 0:
        return None
    scaled = (quality - quality.min()) / np.ptp(quality)
    chance = random_area(scaled, max_rejection, baseline, seed)
    best = area(-scaled, scaled, max_rejection)
    if best == chance:
        return None
    return (area(uncertainty, scaled, max_rejection) - chance) / (best - chance)


def prr_interval(
    uncertainty: Values, quality: Values, resamples: int, seed: int, level: float = 0.95
) -> tuple[float, float] | None:
    """A bootstrap percentile interval of PRR over resampled answers; None where there is nothing to resample.

    Both orders are sorted once: a resample repeats their entries.
    """
    source = np.random.default_rng(seed)
    count = len(quality)
    ours, best = np.argsort(uncertainty, kind="stable"), np.argsort(-quality, kind="stable")
    found = []
    for _ in range(resamples):
        times = np.bincount(source.integers(0, count, count), minlength=count)
        drawn = np.repeat(ours, times[ours])
        oracle = np.repeat(quality[best], times[best])
        if oracle[0] == oracle[-1]:
            continue
        chance = oracle.mean()
        gain = _kept(uncertainty[drawn], quality[drawn]).mean() - chance
        found.append(gain / (_kept(-oracle, oracle).mean() - chance))
    if not found:
        return None
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def auroc(uncertainty: Values, right: npt.NDArray[np.bool_]) -> float | None:
    """How often a wrong answer is more uncertain than a right one, ties counting half. None without both."""
    positive, negative = int((~right).sum()), int(right.sum())
    if not positive or not negative:
        return None
    ranks = rankdata(uncertainty)
    return float((ranks[~right].sum() - positive * (positive + 1) / 2) / (positive * negative))
