"""Rejection without replacement draws from what is allowed, and its weights are unbiased."""

import math

import numpy as np
import pytest
import torch

from workers.core.noise import gumbel
from workers.core.rejection import Estimator, draw_allowed, in_order

P = torch.tensor([0.4, 0.25, 0.2, 0.1, 0.05, 0.0], dtype=torch.float64)
MANY = 8000


def noise(at: int, size: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    return gumbel(3, at, size), gumbel(3, at, size, stream=1)


@pytest.mark.parametrize("estimator", ["recursive", "geometric"])
@pytest.mark.parametrize("allowed", [{1, 3, 4}, {4}, {0, 2, 5}, {0, 1, 2, 3, 4}])
def test_weighted_draws_are_the_distribution_of_what_is_allowed(estimator: Estimator, allowed: set[int]) -> None:
    weights = np.zeros((MANY, 6))
    for at in range(MANY):
        found = draw_allowed(P.log(), allowed.__contains__, noise(at), estimator=estimator, most=99)
        assert found.id in allowed
        assert 0 < found.weight <= 1 + 1e-9
        weights[at, found.id] = found.weight
    expected = [p if id in allowed else 0.0 for id, p in enumerate(P.tolist())]
    errors = weights.std(0) / math.sqrt(MANY)
    assert (np.abs(weights.mean(0) - expected) <= 4.5 * errors + 1e-9).all()


@pytest.mark.parametrize("estimator", ["recursive", "geometric"])
def test_where_all_is_allowed_nothing_is_rejected_and_the_weight_is_one(estimator: Estimator) -> None:
    for at in range(50):
        found = draw_allowed(P.log(), lambda id: True, noise(at), estimator=estimator, most=99)
        assert found.rejections == 0
        assert found.weight == pytest.approx(1, abs=1e-12)


def test_where_nothing_is_allowed_there_is_no_draw() -> None:
    found = draw_allowed(P.log(), lambda id: False, noise(0), most=99)
    assert (found.id, found.rejections, found.weight) == (None, 5, 0.0)
    assert draw_allowed(P.log(), lambda id: False, noise(0), most=2).rejections == 2


def test_the_order_is_whole_and_leaves_out_the_impossible() -> None:
    keys = torch.randn(1000, generator=torch.Generator().manual_seed(0)).double()
    keys[17] = -math.inf
    order = list(in_order(keys))
    assert order == [id for id in keys.sort(descending=True).indices.tolist() if id != 17]
