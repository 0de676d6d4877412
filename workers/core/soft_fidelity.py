"""Soft sufficiency and comprehensiveness: what noise that spares what matters leaves of a distribution.

Zhao & Aletras 2023 (ACL) in the form of Zhao & Shan 2024, ReAGent (arXiv 2402.00794), from their formulas. Every
element of a unit's vector is kept with the probability of the unit's importance q, else it is zero.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from scipy import stats
from torch import Tensor

from workers.core.objectives import Objective

Array = npt.NDArray[np.float64]
Distance = Literal["hellinger", "squared"]
"""hellinger: ‖√p − √p′‖ / √2, in [0, 1], as the paper says; squared: ‖√p − √p′‖² / √2, as its code computes it."""


def distance(first: Tensor, second: Tensor, kind: Distance) -> Tensor:
    """How far distributions (…, classes) lie apart (…)."""
    squares = (first.sqrt() - second.sqrt()).square().sum(-1)
    return (squares.sqrt() if kind == "hellinger" else squares) / 2**0.5


class SoftFidelity:
    """Soft-NS and Soft-NC of importances for one target of an objective; both are best high.

    Soft-NS = max(0, S − S₀) / (1 − S₀) with S = 1 − D where what matters is kept and S₀ where nothing is; Soft-NC =
    D where what matters is noise / (1 − S₀).
    """

    def __init__(self, objective: Objective, target: int, *, kind: Distance = "hellinger", draws: int = 8) -> None:
        self.objective = objective
        self.target = target
        self.kind = kind
        self.draws = draws
        seen = objective.visible(target)
        seen[list(objective.fixed)] = False
        self.rows = np.flatnonzero(seen)
        with torch.no_grad():
            self._whole = objective.distributions(objective.inputs[None])[0, target]
        self._bare = 1 - float(self._apart(torch.zeros(1, len(self.rows)), torch.Generator()).mean())

    def importance(self, scores: npt.NDArray[np.floating]) -> Tensor:
        """Scores (units) of either sign as shares (rows) of 1; no scores at all make equal shares."""
        strength = torch.from_numpy(np.nan_to_num(np.abs(scores[self.rows])).astype(np.float32))
        return strength / strength.sum() if float(strength.sum()) > 0 else torch.full_like(strength, 1 / len(strength))

    def chance(self, source: np.random.Generator) -> Tensor:
        """An importance (rows) that knows nothing: softmax of uniform numbers, as the authors draw it."""
        return torch.from_numpy(source.random(len(self.rows)).astype(np.float32)).softmax(0)

    def sufficiency(self, importance: Tensor, seed: int) -> float:
        """Soft-NS, the mean over the draws."""
        return max(0.0, float(self.sufficiency_draws(importance, seed).mean()))

    def comprehensiveness(self, importance: Tensor, seed: int) -> float:
        """Soft-NC, the mean over the draws."""
        return float(self.comprehensiveness_draws(importance, seed).mean())

    def sufficiency_draws(self, importance: Tensor, seed: int) -> Array:
        """What Soft-NS is the mean of (draws); a draw of it may lie below 0."""
        kept = 1 - self._apart(importance.expand(self.draws, -1), torch.Generator().manual_seed(seed))
        return self._of_all(kept - self._bare)

    def comprehensiveness_draws(self, importance: Tensor, seed: int) -> Array:
        """What Soft-NC is the mean of (draws)."""
        left = 1 - importance.expand(self.draws, -1)
        return self._of_all(self._apart(left, torch.Generator().manual_seed(seed)))

    def _of_all(self, values: Array) -> Array:
        """As shares of what taking everything away changes; NaN where that changes nothing."""
        return values / (1 - self._bare) if self._bare < 1 else np.full_like(values, np.nan)

    @torch.no_grad()
    def _apart(self, kept: Tensor, source: torch.Generator) -> Array:
        """Distances (draws) to the whole input's distribution, elements kept by probabilities (draws, rows)."""
        inputs = self.objective.inputs.expand(len(kept), -1, -1).clone()
        chance = kept.clamp(0, 1)[..., None].expand(-1, -1, inputs.shape[-1])
        mask = torch.bernoulli(chance, generator=source).to(inputs.device, inputs.dtype)
        inputs[:, self.rows] *= mask
        found = self.objective.distributions(inputs)[:, self.target]
        return distance(found, self._whole, self.kind).double().cpu().numpy()


def log_ratio(mine: Array, chance: Array) -> tuple[float, float] | None:
    """ln of how many times the draws of one measure surpass those of chance, and the half width of its 95 % interval.

    By the delta method: the relative errors of the two means, squared, add up. None where one of them is not above 0.
    """
    means = [float(values.mean()) for values in (mine, chance)]
    if not min(means) > 0:
        return None
    errors = [float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else 0.0 for values in (mine, chance)]
    relative = sum((error / mean) ** 2 for error, mean in zip(errors, means, strict=True)) ** 0.5
    width = float(stats.t.ppf(0.975, max(1, len(mine) - 1))) * relative
    return float(np.log(means[0] / means[1])), width
