"""Soft sufficiency and comprehensiveness: what noise that spares what matters leaves of a distribution.

Zhao & Aletras 2023 (ACL) in the form of Zhao & Shan 2024, ReAGent (arXiv 2402.00794), from their formulas. Every
element of a unit's vector is kept with the probability of the unit's importance q, else it is zero.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workers.core.objectives import Objective

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
        self._bare = 1 - self._apart(torch.zeros(1, len(self.rows)), torch.Generator())

    def importance(self, scores: npt.NDArray[np.floating]) -> Tensor:
        """Scores (units) of either sign as shares (rows) of 1; no scores at all make equal shares."""
        strength = torch.from_numpy(np.nan_to_num(np.abs(scores[self.rows])).astype(np.float32))
        return strength / strength.sum() if float(strength.sum()) > 0 else torch.full_like(strength, 1 / len(strength))

    def chance(self, source: np.random.Generator) -> Tensor:
        """An importance (rows) that knows nothing: softmax of uniform numbers, as the authors draw it."""
        return torch.from_numpy(source.random(len(self.rows)).astype(np.float32)).softmax(0)

    def sufficiency(self, importance: Tensor, seed: int) -> float:
        """Soft-NS, the mean over the draws."""
        kept = 1 - self._apart(importance.expand(self.draws, -1), torch.Generator().manual_seed(seed))
        return self._of_all(max(0.0, kept - self._bare))

    def comprehensiveness(self, importance: Tensor, seed: int) -> float:
        """Soft-NC, the mean over the draws."""
        left = 1 - importance.expand(self.draws, -1)
        return self._of_all(self._apart(left, torch.Generator().manual_seed(seed)))

    def _of_all(self, value: float) -> float:
        """As a share of what taking everything away changes; NaN where that changes nothing."""
        return value / (1 - self._bare) if self._bare < 1 else float("nan")

    @torch.no_grad()
    def _apart(self, kept: Tensor, source: torch.Generator) -> float:
        """The mean distance to the whole input's distribution, elements kept by probabilities (draws, rows)."""
        inputs = self.objective.inputs.expand(len(kept), -1, -1).clone()
        chance = kept.clamp(0, 1)[..., None].expand(-1, -1, inputs.shape[-1])
        mask = torch.bernoulli(chance, generator=source).to(inputs.device, inputs.dtype)
        inputs[:, self.rows] *= mask
        found = self.objective.distributions(inputs)[:, self.target]
        return float(distance(found, self._whole, self.kind).mean())
