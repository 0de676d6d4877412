"""Adaptive weighted rejection sampling: a draw among the tokens that are allowed, without asking about all of them.

Lipkin et al. 2025, arXiv 2504.05410. Tokens are tried in the order of Gumbel-perturbed log-probabilities, which is
sampling without replacement; the first that is allowed is a draw from the distribution cut to the allowed tokens.
Its weight is an unbiased estimate of the mass Z that all allowed tokens hold together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

Estimator = Literal["recursive", "geometric"]
_FIRST = 256
_NODES, _QUADRATURE = np.polynomial.legendre.leggauss(64)


@dataclass(frozen=True)
class Accepted:
    """A token (None: nothing allowed was found), how many were rejected before it, and the estimate of Z."""

    id: int | None
    rejections: int
    weight: float


def in_order(keys: Tensor) -> Iterator[int]:
    """Indices from the largest key to the smallest finite one; sorted in full only when that far is gone."""
    best = keys.topk(min(_FIRST, len(keys)))
    for key, id in zip(best.values.tolist(), best.indices.tolist(), strict=True):
        if key == -np.inf:
            return
        yield id
    if len(keys) > _FIRST:
        values, order = keys.sort(descending=True)
        yield from order[_FIRST:][torch.isfinite(values[_FIRST:])].tolist()


def draw_allowed(
    log_probabilities: Tensor,
    allowed: Callable[[int], bool],
    noise: tuple[Tensor, Tensor],
    *,
    estimator: Estimator = "recursive",
    most: int,
) -> Accepted:
    """A draw from ln p (V) cut to the `allowed` tokens; at most `most` are rejected. `noise` is Gumbel, twice (V).

    `recursive` asks about one more token: Z ≈ (1 − ρ) if that is allowed too, else p(token), ρ the rejected mass.
    `geometric` draws until a second token is accepted and takes the mean of 1/(n − 1) over how often sampling with
    replacement, n draws in all, would have come back to what was rejected.
    """
    chances = log_probabilities.exp()
    rejected: list[int] = []
    order = in_order(log_probabilities + noise[0])
    for id in order:
        if not allowed(id):
            rejected.append(id)
            if len(rejected) >= most:
                break
            continue
        if estimator == "recursive":
            weight = _recursive(chances, rejected, id, next(order, None), allowed)
        else:
            weight = _geometric(log_probabilities, rejected, allowed, noise[1], most)
        return Accepted(id, len(rejected), weight)
    return Accepted(None, len(rejected), 0.0)


def _recursive(
    chances: Tensor, rejected: list[int], id: int, following: int | None, allowed: Callable[[int], bool]
) -> float:
    left = max(0.0, 1.0 - float(chances[rejected].sum()))
    sure = following is None or allowed(following)
    return left if sure else min(left, float(chances[id]))


def _geometric(logs: Tensor, rejected: list[int], allowed: Callable[[int], bool], noise: Tensor, most: int) -> float:
    """E[1/(n − 1)] = ∫ t^(k − 2) Π (1 − ρ) / (1 − ρ t) dt over [0, 1], k distinct events at rejected masses ρ."""
    chances = logs.exp()
    masses = [0.0, *np.cumsum(chances[rejected].numpy()).tolist()]
    keys = logs + noise
    keys[rejected] = -torch.inf
    masses.append(masses[-1])
    for count, id in enumerate(in_order(keys)):
        if allowed(id):
            break
        if count >= most:
            return 0.0
        masses.append(masses[-1] + float(chances[id]))
    points = (_NODES + 1) / 2
    held = np.minimum(np.array(masses)[:, None], 1.0)
    integrand = points ** (len(masses) - 2) * ((1 - held) / (1 - held * points)).prod(0)
    return float(integrand @ _QUADRATURE / 2)
