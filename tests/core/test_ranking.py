"""PRR and AUROC: closed forms, plain loops from the definition, and scikit-learn."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from workers.core.calibration.ranking import auroc, kept_quality, prr, prr_interval, random_area

QUALITY = np.array([1.0, 0.0, 1.0, 1.0, 0.0])


def loop_prr(uncertainty: list[float], quality: list[float], max_rejection: float) -> float:
    """PRR from its definition, in plain loops, with the random order's exact mean; for distinct uncertainties."""
    low, high = min(quality), max(quality)
    scaled = [(value - low) / (high - low) for value in quality]
    rejected = range(int(max_rejection * len(quality)))

    def area(order: list[int]) -> float:
        return sum(float(np.mean([scaled[i] for i in order[: len(order) - k]])) for k in rejected) / len(rejected)

    indices = range(len(quality))
    ours = area(sorted(indices, key=lambda i: uncertainty[i]))
    oracle = area(sorted(indices, key=lambda i: -quality[i]))
    chance = float(np.mean(scaled))
    return (ours - chance) / (oracle - chance)


def test_kept_quality_by_hand() -> None:
    uncertain = np.array([1.0, 5.0, 2.0, 4.0, 3.0])
    assert kept_quality(uncertain, QUALITY) == pytest.approx([3 / 5, 3 / 4, 2 / 3, 1.0, 1.0])


def test_prr_of_the_oracle_is_1_of_its_reverse_below_0_and_of_chance_about_0() -> None:
    quality = np.random.default_rng(1).random(400)
    for share in (1.0, 0.5):
        assert prr(-quality, quality, share) == pytest.approx(1.0)
        assert (prr(quality, quality, share) or 0) < -0.5
        assert prr(np.random.default_rng(2).random(400), quality, share) == pytest.approx(0, abs=0.15)


@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=30, unique=True),
    st.sampled_from([1.0, 0.5]),
    st.randoms(use_true_random=False),
)
def test_prr_is_what_plain_loops_say(quality: list[float], share: float, source: Any) -> None:
    uncertain = [float(value) for value in source.sample(range(1000), len(quality))]
    if max(quality) - min(quality) < 1e-3:
        return
    assert prr(np.array(uncertain), np.array(quality), share) == pytest.approx(loop_prr(uncertain, quality, share))


def test_ties_share_their_quality_so_that_the_order_of_rows_does_not_count() -> None:
    uncertain, quality = np.array([1.0, 1.0, 1.0, 2.0]), np.array([1.0, 0.0, 0.0, 1.0])
    order = np.array([2, 0, 3, 1])
    assert prr(uncertain, quality) == pytest.approx(prr(uncertain[order], quality[order]) or math.nan)
    assert prr(np.zeros(4), quality) == pytest.approx(0)


def test_equal_qualities_have_no_ranking() -> None:
    assert prr(np.arange(4).astype(float), np.ones(4)) is None
    assert prr(np.zeros(1), np.ones(1), 0.5) is None
    assert prr_interval(np.arange(4).astype(float), np.ones(4), 20, 0) is None
    assert auroc(np.arange(4).astype(float), np.ones(4, bool)) is None


def test_a_thousand_shuffles_tend_to_the_mean_and_repeat_with_their_seed() -> None:
    quality = np.random.default_rng(3).random(50)
    shuffled = random_area(quality, 0.5, "shuffled", 7)
    assert shuffled == pytest.approx(random_area(quality, 0.5, "expected", 7), abs=0.01)
    assert shuffled == random_area(quality, 0.5, "shuffled", 7) != random_area(quality, 0.5, "shuffled", 8)


def test_the_interval_is_that_of_resampled_answers() -> None:
    source = np.random.default_rng(6)
    quality = source.integers(0, 2, 40).astype(float)
    uncertain = source.integers(0, 9, 40) - 3 * quality
    again = np.random.default_rng(11)
    draws = [again.integers(0, 40, 40) for _ in range(30)]
    plain = [value for draw in draws if (value := prr(uncertain[draw], quality[draw])) is not None]
    assert prr_interval(uncertain, quality, 30, 11) == pytest.approx(tuple(np.quantile(plain, [0.025, 0.975])))


def test_the_interval_holds_the_figure_and_narrows_with_more_rows() -> None:
    source = np.random.default_rng(4)
    widths = []
    for count in (60, 1000):
        quality = source.random(count)
        uncertain = -quality + source.normal(0, 0.3, count)
        low, high = prr_interval(uncertain, quality, 200, 0) or (math.nan, math.nan)
        assert low < (prr(uncertain, quality) or math.nan) < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 2


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=40))
def test_auroc_is_scikit_learns(rows: list[tuple[int, bool]]) -> None:
    uncertain, right = np.array([float(one) for one, _ in rows]), np.array([two for _, two in rows])
    if right.all() or not right.any():
        assert auroc(uncertain, right) is None
        return
    assert auroc(uncertain, right) == pytest.approx(roc_auc_score(~right, uncertain))
