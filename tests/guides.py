"""Worked examples of methods, for the tests that compute them anew."""

from typing import Any

import pytest

from workers.contract import WorkedExample
from workers.core.discovery import method


def worked(key: str) -> WorkedExample:
    """The example that a method's guide works through."""
    guide = method(key).guide
    assert guide is not None
    return guide.example


def number(example: WorkedExample, name: str) -> float:
    """One of the numbers given."""
    value = example.given[name]
    assert isinstance(value, int | float)
    return float(value)


def numbers(example: WorkedExample, name: str) -> list[float]:
    """A list of numbers given."""
    values = example.given[name]
    assert isinstance(values, list)
    assert all(isinstance(value, int | float) for value in values)
    return [float(value) for value in values if not isinstance(value, list)]


def rows(example: WorkedExample, name: str) -> list[list[float]]:
    """A table of numbers given."""
    values = example.given[name]
    assert isinstance(values, list)
    return [[float(one) for one in row] for row in values if isinstance(row, list)]


def as_shown(gives: float) -> Any:
    """What equals this number as far as a guide shows it: three decimals, and what rounding on the way adds."""
    return pytest.approx(gives, rel=2e-3, abs=1e-3)
