"""Numbers to levels: the domain of a quantity is fixed once for all that is drawn of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workers.contract import Coloured, FloatArray, Scale
from workers.export.colour import NULL, STEPS, Level
from workers.export.numbers import number


@dataclass(frozen=True)
class Scaler:
    """A scale with its ends: `low` and `high` are drawn at full colour (sequential: `low` is the paper)."""

    scale: Scale
    low: float
    high: float
    categories: tuple[str, ...] = ()

    def level(self, value: float) -> Level:
        """Where a number lies; beyond the ends it is drawn as the end, NaN is no number."""
        if np.isnan(value):
            return NULL
        if self.scale == "categorical":
            return Level("category", round(value))
        if self.scale == "diverging":
            return Level("negative" if value < 0 else "positive", _step(abs(value) / self.high))
        return Level("sequential", _step((value - self.low) / (self.high - self.low)))

    def clips(self, values: FloatArray) -> bool:
        """Whether some numbers lie beyond the ends."""
        if self.scale == "categorical" or not np.isfinite(values).any():
            return False
        slack = 1e-5 * (self.high - self.low)
        return bool(np.nanmin(values) < self.low - slack or np.nanmax(values) > self.high + slack)

    def ticks(self) -> list[tuple[float, str]]:
        """Places (0..1) on the legend's bar and the numbers to write there."""
        middle = 0.0 if self.scale == "diverging" else (self.low + self.high) / 2
        return [(0.0, number(self.low)), (0.5, number(middle)), (1.0, number(self.high))]

    def bar(self) -> Sequence[Level]:
        """The levels of the legend's bar from left to right."""
        if self.scale == "diverging":
            return [Level("negative", step) for step in range(STEPS, 0, -5)] + [
                Level("positive", step) for step in range(0, STEPS + 1, 5)
            ]
        return [Level("sequential", step) for step in range(0, STEPS + 1, 5)]


def scaler(quantity: Coloured, values: FloatArray) -> Scaler:
    """The scale of a quantity: its own domain; where an end is open, that of all its values.

    A diverging scale is symmetric about zero, so that equal distances from it look equal.
    """
    low, high = quantity.domain
    known = values[np.isfinite(values)]
    largest = float(known.max()) if known.size else 1.0
    smallest = float(known.min()) if known.size else 0.0
    if quantity.scale == "categorical":
        return Scaler("categorical", 0.0, 1.0, tuple(quantity.categories or ()))
    if quantity.scale == "diverging":
        ends = [abs(end) for end in quantity.domain if end is not None]
        reach = max(ends or [abs(largest), abs(smallest)]) or 1.0
        return Scaler("diverging", -reach, reach)
    low = min(0.0, smallest) if low is None else low
    high = largest if high is None else high
    return Scaler("sequential", low, high if high > low else low + 1.0)


def _step(share: float) -> int:
    return round(STEPS * min(1.0, max(0.0, share)))
