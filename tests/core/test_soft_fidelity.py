"""Soft-NS and Soft-NC where they can be said beforehand."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.jobs import SENTENCES, ask, passes
from tests.methods.importance.linear import Linear
from workers.contract import Generate, Target
from workers.core.soft_fidelity import SoftFidelity, distance, log_ratio

HALF, SURE = torch.tensor([0.5, 0.5]), torch.tensor([1.0, 0.0])


def test_distances_by_hand() -> None:
    squares = (1 - 0.5**0.5) ** 2 + 0.5
    assert float(distance(HALF, SURE, "squared")) == pytest.approx(squares / 2**0.5)
    assert float(distance(HALF, SURE, "hellinger")) == pytest.approx(squares**0.5 / 2**0.5)
    opposite = torch.tensor([0.0, 1.0])
    assert float(distance(SURE, opposite, "hellinger")) == pytest.approx(1)
    assert float(distance(SURE, opposite, "squared")) == pytest.approx(2**0.5)


class OneUnit(Linear):
    """Two classes of which only the second unit decides."""

    def distributions(self, inputs: Tensor) -> Tensor:
        """Sure of the first class while the unit is there, even when it is not."""
        there = (inputs[:, 2].abs().sum(-1) > 0).float()
        shares = torch.stack([(1 + there) / 2, (1 - there) / 2], dim=-1)
        return shares[:, None].expand(-1, 2, -1)


def test_the_unit_that_decides_is_sufficient_and_comprehensive_and_no_other() -> None:
    soft = SoftFidelity(OneUnit(), 0)
    right, wrong = soft.importance(np.eye(5)[2]), soft.importance(np.eye(5)[3])
    assert right.tolist() == [0, 1, 0, 0], "of the rows that may go, the special unit is none"
    assert soft.sufficiency(right, seed=0) == pytest.approx(1)
    assert soft.comprehensiveness(right, seed=0) == pytest.approx(1)
    assert soft.sufficiency(wrong, seed=0) == 0
    assert soft.comprehensiveness(wrong, seed=0) == 0


def test_the_share_of_draws_that_keep_the_deciding_unit_is_its_importance() -> None:
    linear = OneUnit()
    linear.inputs = linear.inputs[:, :1]
    soft = SoftFidelity(linear, 0, draws=4000)
    importance = soft.importance(np.array([0, 1.0, -3.0, 0, 0]))
    assert importance.tolist() == [0.25, 0.75, 0, 0]
    assert soft.sufficiency(importance, seed=1) == pytest.approx(0.75, abs=0.03)
    assert soft.comprehensiveness(importance, seed=1) == pytest.approx(0.75, abs=0.03)


def test_no_scores_are_equal_shares_and_chance_adds_up() -> None:
    soft = SoftFidelity(Linear(), 1)
    assert soft.importance(np.zeros(5)).tolist() == [0.25] * 4
    assert float(soft.chance(np.random.default_rng(0)).sum()) == pytest.approx(1)


@pytest.mark.parametrize("name", ["stories260k", "arabic-transliteration"])
def test_the_distribution_is_the_models_own_where_the_target_is_read(data: Path, name: str) -> None:
    folder, text = data / "models" / name, SENTENCES[name]
    continuation = ask(folder, "surprisal", text=text, generate=Generate(max_new_tokens=3)).continuation
    objective = passes(folder, text=text, continuation=continuation, targets=[Target()]).objectives[0]
    with torch.no_grad():
        shares = objective.distributions(objective.inputs[None])
    assert float(shares.sum()) == pytest.approx(1, rel=1e-4)
    target = objective.targets[0]
    log_probability = float(shares[0, 0, target.ids[0]].log())
    assert log_probability == pytest.approx(float(objective.original()[0]), rel=1e-3)


def test_the_interval_of_a_ratio_widens_with_the_draws() -> None:
    even = np.full(8, 0.4)
    assert log_ratio(even, even / 2) == pytest.approx((np.log(2), 0.0))
    spread = np.tile([0.2, 0.6], 4)
    found = log_ratio(spread, even)
    assert found is not None
    error = float(spread.std(ddof=1)) / 8**0.5 / 0.4
    assert found == pytest.approx((0, 2.3646 * error), rel=1e-3, abs=1e-12)
    assert log_ratio(np.zeros(8), even) is None
