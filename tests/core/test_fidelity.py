"""Faithfulness on models whose right order is known."""

import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from tests.jobs import SENTENCES, passes
from tests.methods.importance.linear import UNITS, Linear
from workers.contract import Target
from workers.core.fidelity import Chance, Curves, Faithfulness, share_interval


def shares_of(linear: Linear) -> Tensor:
    """What each unit adds to the first target above the baseline."""
    return ((linear.inputs - linear.baseline("mean")) * linear.weights[0]).sum(-1)


def test_on_a_linear_model_the_curves_are_running_sums() -> None:
    linear = Linear()
    faithfulness = Faithfulness(linear, 0, "mean")
    order = np.array([3, 1, 4, 2])
    added = shares_of(linear)[order].double().numpy()
    whole, bare = float(linear.original()[0]), float(linear.values(linear.baseline("mean")[None])[0, 0])
    curves = faithfulness.curves(order)
    np.testing.assert_allclose(curves.shares, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(curves.deletion, whole - np.concatenate([[0], np.cumsum(added)]), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(curves.insertion, bare + np.concatenate([[0], np.cumsum(added)]), rtol=1e-5, atol=1e-5)


def test_no_order_has_a_larger_area_than_that_by_what_each_unit_adds() -> None:
    linear = Linear()
    faithfulness = Faithfulness(linear, 0, "mean")
    added = shares_of(linear).numpy()
    best = np.array(sorted(range(1, UNITS), key=lambda row: -added[row]))
    areas = [faithfulness.curves(np.array(order)).area for order in itertools.permutations(range(1, UNITS))]
    assert faithfulness.curves(best).area == pytest.approx(max(areas))


def test_a_planted_sparse_model_gives_the_planted_order() -> None:
    linear = Linear()
    linear.inputs = torch.zeros_like(linear.inputs)
    linear.weights = torch.zeros_like(linear.weights)
    linear.inputs[2, 0], linear.weights[0, 2, 0] = 5.0, 1.0
    faithfulness = Faithfulness(linear, 0, "mean")
    scores = np.array([np.nan, 0.1, -3.0, 0.2, 0.0])
    order = faithfulness.order(scores)
    assert order.tolist() == [2, 3, 1, 4], "by absolute value; the special unit stays"
    areas = {first: faithfulness.curves(np.roll([2, 3, 1, 4], first)).area for first in range(4)}
    assert max(areas, key=lambda first: areas[first]) == 0


def test_backwards_is_the_negative_and_chance_lies_around_nothing() -> None:
    linear = Linear()
    faithfulness = Faithfulness(linear, 1, "mean")
    order = np.array([4, 1, 3, 2])
    assert faithfulness.curves(order[::-1]).area == pytest.approx(-faithfulness.curves(order).area, rel=1e-6)
    chance = Chance(np.array(list(faithfulness.chance(20, seed=3))))
    low, high = chance.interval
    assert low == -high
    assert chance.beaten(high * 10) == 1
    assert chance.beaten(0) == pytest.approx(0.5)


class Wide(Linear):
    """Forty units, each with a share of its own."""

    def __init__(self) -> None:
        super().__init__()
        source = torch.Generator().manual_seed(5)
        self.inputs = torch.randn((41, 3), generator=source)
        self.weights = torch.randn((2, 41, 3), generator=source)
        self.places = [self.places[0]] * 41

    def baseline(self, kind: str) -> Tensor:
        """Zero, but the special unit."""
        return torch.cat([self.inputs[:1], torch.zeros(40, 3)])

    def visible(self, target: int) -> npt.NDArray[np.bool_]:
        """Every unit."""
        return np.ones(41, dtype=bool)


def test_a_random_order_falls_inside_the_interval_of_other_random_orders() -> None:
    faithfulness = Faithfulness(Wide(), 0, "mean")
    inside = 0
    for seed in range(100):
        *others, mine = faithfulness.chance(21, seed=seed)
        low, high = Chance(np.array(others)).interval
        inside += low <= mine <= high
    assert inside >= 95


def test_gone_units_of_a_real_model_are_at_the_baseline(data: Path) -> None:
    name = "stories260k"
    objective = passes(data / "models" / name, text=SENTENCES[name], targets=[Target()]).objectives[0]
    faithfulness = Faithfulness(objective, 0, "mean", points=4)
    curves = faithfulness.curves(faithfulness.rows)
    empty = objective.values(objective.baseline("mean")[None]).detach()[0, 0]
    assert curves.deletion[0] == pytest.approx(float(objective.original()[0]), rel=1e-4)
    assert curves.insertion[-1] == pytest.approx(curves.deletion[0], rel=1e-4)
    assert curves.insertion[0] == pytest.approx(curves.deletion[-1], rel=1e-4)
    assert curves.deletion[-1] == pytest.approx(float(empty), rel=1e-3)


def test_sums_are_what_lies_under_the_curves_and_their_difference_is_the_area() -> None:
    curves = Curves(np.array([0, 0.5, 1]), np.array([4.0, 1.0, 0.0]), np.array([0.0, 3.0, 4.0]))
    assert curves.sums.tolist() == [1.5, 2.5]
    assert curves.area == pytest.approx(1.0)


def test_who_is_behind_in_deletion_and_in_insertion() -> None:
    chance = Chance(np.zeros(2), np.array([[1.0, 4.0], [2.0, 3.0]]))
    assert chance.behind(np.array([0.5, 5.0])) == (1.0, 1.0)
    assert chance.behind(np.array([2.5, 2.5])) == (0.5, 0.5)
    assert chance.behind(np.array([2.0, 4.0])) == (0.625, 0.875)


def test_so_few_orders_tell_so_much() -> None:
    assert share_interval(1.0, 20) == pytest.approx((0.025 ** (1 / 20), 1.0))
    assert share_interval(0.0, 20) == pytest.approx((0.0, 1 - 0.025 ** (1 / 20)))
    low, high = share_interval(0.5, 40)
    assert (low + high) / 2 == pytest.approx(0.5)
    assert high - low < 0.35
