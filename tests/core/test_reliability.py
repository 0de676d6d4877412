"""Bins, calibration error and confidences: by hand, and as scikit-learn has them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression

from workers.core.calibration.reliability import bins, ece, fit, isotonic, min_max


def test_ece_by_hand() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.15, 0.15])
    quality = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    expected = 4 / 6 * abs(0.75 - 0.95) + 2 / 6 * abs(0.5 - 0.15)
    assert ece(confidence, quality, 10, "equal_width") == pytest.approx(expected)
    assert ece(confidence, quality, 2, "equal_mass") == pytest.approx(expected)
    assert ece(quality, quality, 20, "equal_width") == 0
    assert ece(1 - quality, quality, 20, "equal_mass") == 1


def test_borders_belong_to_the_bin_below_and_zero_to_the_first() -> None:
    found = bins(np.array([0.0, 0.1, 0.2, 1.0]), np.zeros(4), 10, "equal_width")
    assert [(one.count, one.confidence) for one in found] == [(2, pytest.approx(0.05)), (1, 0.2), (1, 1.0)]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.integers(2, 20))
def test_bins_of_equal_width_are_scikit_learns(rows: list[tuple[float, bool]], number: int) -> None:
    confidence, quality = np.array([one for one, _ in rows]), np.array([float(two) for _, two in rows])
    right, stated = calibration_curve(quality, confidence, n_bins=number, pos_label=1.0)
    found = bins(confidence, quality, number, "equal_width")
    assert [one.quality for one in found] == pytest.approx(right.tolist())
    assert [one.confidence for one in found] == pytest.approx(stated.tolist())


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), st.integers(2, 12))
def test_bins_of_equal_mass_part_no_equals(values: list[int], number: int) -> None:
    confidence = np.array(values) / 20
    found = bins(confidence, np.zeros(len(values)), number, "equal_mass")
    assert sum(one.count for one in found) == len(values)
    assert len(found) <= number
    distinct, largest = len(set(values)), max(values.count(one) for one in values)
    assert len(found) <= distinct
    assert max(one.count for one in found) <= math.ceil(len(values) / number) + largest


def test_distinct_confidences_are_parted_evenly() -> None:
    found = bins(np.linspace(0, 1, 103), np.zeros(103), 10, "equal_mass")
    assert {one.count for one in found} == {10, 11}


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), min_size=2, max_size=40))
def test_the_isotonic_fit_is_scikit_learns(rows: list[tuple[int, float]]) -> None:
    x, y = np.array([float(one) for one, _ in rows]), np.array([two for _, two in rows])
    places, fitted = fit(x, y)
    other = IsotonicRegression(out_of_bounds="clip").fit(x, y)
    at = np.linspace(-1, 10, 45)
    assert np.interp(at, places, fitted) == pytest.approx(other.predict(at), abs=1e-9)


def test_an_isotonic_confidence_has_not_seen_its_own_label() -> None:
    source = np.random.default_rng(5)
    uncertain = source.random(2000)
    honest = isotonic(uncertain, (source.random(2000) > uncertain).astype(float), 0)
    assert honest is not None
    assert np.abs(honest - (1 - uncertain)).mean() < 0.06
    noise = isotonic(uncertain, source.integers(0, 2, 2000).astype(float), 0)
    assert noise is not None
    assert noise.std() < 0.1
    assert isotonic(uncertain[:9], uncertain[:9], 0) is None


def test_min_max_of_equals_is_undefined() -> None:
    assert min_max(np.array([2.0, 4.0, 3.0])) == pytest.approx([1.0, 0.0, 0.5])
    assert min_max(np.ones(3)) is None
