"""Whether a confidence of 0.8 means four of five right: reliability diagrams and the expected calibration error."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

Values = npt.NDArray[np.float64]
Binning = Literal["equal_width", "equal_mass"]

FOLDS = 5


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: their number, mean confidence and mean quality."""

    count: int
    confidence: float
    quality: float


def bins(confidence: Values, quality: Values, number: int, binning: Binning) -> list[Bin]:
    """The bins that hold anything, from low to high.

    Equal width: (0, 1/n], …, the first with 0 too (as in lm-polygraph and scikit-learn). Equal mass: as many answers
    in each as can be without parting equal confidences.
    """
    order = np.argsort(confidence, kind="stable")
    ordered = confidence[order]
    if binning == "equal_width":
        which = np.searchsorted(np.linspace(0, 1, number + 1)[1:-1], ordered, side="left")
    else:
        which = np.searchsorted(_cuts(ordered, number), np.arange(len(ordered)), side="right")
    found = []
    for one in np.unique(which):
        inside = order[which == one]
        found.append(Bin(len(inside), float(confidence[inside].mean()), float(quality[inside].mean())))
    return found


def _cuts(ordered: Values, number: int) -> npt.NDArray[np.intp]:
    """Where to cut sorted values into equal parts, each cut at the nearer end of the equal values that it meets."""
    cuts = np.unique(np.round(np.arange(1, number) * len(ordered) / number).astype(int))
    cuts = cuts[(cuts > 0) & (cuts < len(ordered))]
    start = np.searchsorted(ordered, ordered[cuts], side="left")
    stop = np.searchsorted(ordered, ordered[cuts], side="right")
    return np.unique(np.where(cuts - start <= stop - cuts, start, stop))


def ece(confidence: Values, quality: Values, number: int, binning: Binning) -> float:
    """Σ over bins of their share times |mean quality − mean confidence|."""
    found = bins(confidence, quality, number, binning)
    return sum(one.count * abs(one.quality - one.confidence) for one in found) / len(confidence)


def min_max(uncertainty: Values) -> Values | None:
    """−uncertainty scaled to [0, 1] over the file; None where all are equal."""
    spread = float(np.ptp(uncertainty))
    return (uncertainty.max() - uncertainty) / spread if spread > 0 else None


def isotonic(uncertainty: Values, quality: Values, seed: int) -> Values | None:
    """Confidence as the best falling function of uncertainty, fitted on the other four fifths for each fifth.

    Between the uncertainties that were fitted it is linear, beyond them constant. None for fewer than ten answers.
    """
    count = len(uncertainty)
    if count < 2 * FOLDS:
        return None
    fold = np.random.default_rng(seed).permutation(count) % FOLDS
    found = np.empty(count)
    for one in range(FOLDS):
        known = fold != one
        x, y = fit(-uncertainty[known], quality[known])
        found[~known] = np.interp(-uncertainty[~known], x, y)
    return found


def fit(x: Values, y: Values) -> tuple[Values, Values]:
    """Isotonic regression of y on x by pooling adjacent violators: the distinct x, rising, and the fit there."""
    places, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    means = np.bincount(inverse, weights=y) / counts
    return places, isotonic_regression(means, weights=counts.astype(float)).x
