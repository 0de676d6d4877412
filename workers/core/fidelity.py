"""Can a heat map be believed? How fast a target falls and rises as units go and come in the order that the map gives.

Deletion and insertion curves after Petsiuk, Das & Saenko 2018, RISE (BMVC), against random orders on the very same
input. A unit that is gone lies at the baseline (`Objective.baseline`), not at what occlusion covers with: else
occlusion would grade itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from scipy import stats

from workers.core.objectives import Objective
from workers.core.objectives.base import BaselineKind

Array = npt.NDArray[np.float64]
Order = npt.NDArray[np.int64]

_BATCH_UNITS = 4096
"""Units of one batch of inputs: nothing is kept of them but the targets' values."""


@dataclass(frozen=True)
class Curves:
    """A target's quantity as units go (`deletion`) and come (`insertion`) in one order, at `shares` of all units."""

    shares: Array
    deletion: Array
    insertion: Array

    @property
    def area(self) -> float:
        """∫ insertion − deletion over the share, in the quantity's unit: high when the first units carry the target.

        The reversed order has exactly the negative of it, so orders that know nothing lie around 0.
        """
        return float(np.trapezoid(self.insertion - self.deletion, self.shares))

    @property
    def sums(self) -> Array:
        """∫ deletion and ∫ insertion over the share (2): the first is best low, the second high."""
        return np.array([np.trapezoid(values, self.shares) for values in (self.deletion, self.insertion)])


@dataclass(frozen=True)
class Chance:
    """The areas (orders) of random orders on one input, and within what a further one is to be expected.

    `sums` (orders, 2) are ∫ deletion and ∫ insertion of each: an order's insertion is the deletion of its reverse, so
    that all of them together say what a random order reaches in either.
    """

    areas: Array
    sums: Array | None = None
    level: float = 0.95

    @property
    def interval(self) -> tuple[float, float]:
        """The prediction interval of one more random order: by symmetry the mean is 0, only the spread is estimated."""
        count = len(self.areas)
        half = float(stats.t.ppf((1 + self.level) / 2, count) * np.sqrt(np.mean(self.areas**2) * (1 + 1 / count)))
        return -half, half

    def beaten(self, area: float) -> float:
        """The share of random orders (each forwards and backwards) that an area exceeds."""
        both = np.concatenate([self.areas, -self.areas])
        return float(np.mean(both < area) + np.mean(both == area) / 2)

    def behind(self, sums: Array) -> tuple[float, float]:
        """The shares of random orders with a higher ∫ deletion, and with a lower ∫ insertion, than these (2)."""
        assert self.sums is not None
        every = self.sums.ravel()
        ties = [float(np.mean(every == one)) / 2 for one in sums]
        return float(np.mean(every > sums[0])) + ties[0], float(np.mean(every < sums[1])) + ties[1]


def share_interval(share: float, count: int, level: float = 0.95) -> tuple[float, float]:
    """Within what the share of all orders lies when so many random ones were tried (Clopper & Pearson 1934)."""
    hits, rest = share * count, (1 - share) * count
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, hits, rest + 1)) if hits > 0 else 0.0
    return low, float(stats.beta.ppf(1 - tail, hits + 1, rest)) if rest > 0 else 1.0


class Faithfulness:
    """Curves of one target of an objective, from one way to take units away."""

    def __init__(self, objective: Objective, target: int, baseline: BaselineKind, *, points: int = 16) -> None:
        self.objective = objective
        self.target = target
        self.gone = objective.baseline(baseline)
        seen = objective.visible(target)
        seen[list(objective.fixed)] = False
        self.rows = np.flatnonzero(seen)
        """Rows (units that may go) in the order of the input."""
        steps = min(points, len(self.rows))
        self.counts = np.unique(np.round(np.linspace(0, len(self.rows), steps + 1)).astype(np.int64))

    @cached_property
    def shares(self) -> Array:
        """The shares of the rows at which the curves are read, from 0 to 1."""
        return self.counts / max(1, len(self.rows))

    def order(self, scores: npt.NDArray[np.floating]) -> Order:
        """Rows from the most to the least important: by absolute score (units), ties as in the input, NaN last."""
        strength = np.nan_to_num(np.abs(scores[self.rows]), nan=-1.0)
        return self.rows[np.argsort(-strength, kind="stable")]

    def random_order(self, source: np.random.Generator) -> Order:
        """Rows in an order that knows nothing."""
        return source.permutation(self.rows)

    def curves(self, order: Order) -> Curves:
        """Both curves of an order."""
        deletion = self._values([order[count:] for count in self.counts])
        insertion = self._values([order[:count] for count in self.counts])
        return Curves(self.shares, deletion, insertion)

    def chance(self, orders: int, seed: int) -> Iterator[float]:
        """The areas of random orders, one after the other: each costs as many passes as a method's own curves."""
        source = np.random.default_rng(seed)
        for _ in range(orders):
            yield self.curves(self.random_order(source)).area

    @torch.no_grad()
    def _values(self, kept: list[Order]) -> Array:
        """The target's quantity (len(kept)) with only these rows, of those that may go, still there."""
        size = max(1, _BATCH_UNITS // max(1, len(self.gone)))
        found = []
        for start in range(0, len(kept), size):
            part = kept[start : start + size]
            batch = self.objective.inputs.expand(len(part), -1, -1).clone()
            for index, rows in enumerate(part):
                away = np.setdiff1d(self.rows, rows)
                batch[index, away] = self.gone[away]
            found.append(self.objective.values(batch)[:, self.target].double().cpu().numpy())
        return np.concatenate(found)
