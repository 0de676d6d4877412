"""Threshold 0 is one run; runs end where a token was not sure, or was not predicted."""

import numpy as np
import pytest

from tests.guides import as_shown, number, numbers, worked
from tests.jobs import ask, call, values
from tests.scripted import MODEL, probabilities, scored
from workers.contract import ChartPanel, GroupsPanel, Result
from workers.methods.uncertainty.lexical_units import _figures, runs

TEXT = "Mia put the red ball in the box."


def groups(result: Result) -> GroupsPanel:
    """The runs."""
    return next(panel for panel in result.panels if isinstance(panel, GroupsPanel))


def test_a_threshold_of_zero_is_one_run() -> None:
    found = ask(MODEL, call("lexical_units", threshold=0), text=TEXT).result
    places, length = scored(found, "unit_length")
    assert set(length.tolist()) == {len(places)}
    assert [group.ranges for group in groups(found).groups] == [[(places[0], places[-1] + 1)]]
    assert found.figures["units"].value == 1
    assert found.figures["steps_saved"].value == pytest.approx(1 - 1 / len(places))
    assert np.isnan(values(found, "unit_length")[0])


def test_runs_of_known_probabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities(monkeypatch, 0.95, 0.95, 0.95, 0.3, 0.2)
    found = ask(MODEL, "lexical_units", text=TEXT).result
    places, length = scored(found, "unit_length")
    whole = len(places) // 5 * 5
    np.testing.assert_array_equal(length[:whole], np.resize([3, 3, 3, 1, 1], whole))
    first = groups(found).groups[0]
    assert first.ranges == [(places[0], places[2] + 1)]
    assert first.value == pytest.approx(0.95**3, rel=1e-4)
    (chart,) = (panel for panel in found.panels if isinstance(panel, ChartPanel))
    lengths = sum(float(x) * (y or 0) for x, y in zip(chart.series[0].x, chart.series[0].y, strict=True))
    assert lengths == len(places)
    units = found.figures["units"].value
    assert units == sum(y or 0 for y in chart.series[0].y)
    assert found.figures["tokens_per_unit"].value == pytest.approx(len(places) / (units or 1))


def test_a_threshold_of_one_leaves_every_token_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities(monkeypatch, 0.95)
    found = ask(MODEL, call("lexical_units", threshold=1), text=TEXT).result
    assert groups(found).groups == []
    assert found.figures["steps_saved"].value == 0


def test_tokens_that_are_not_neighbours_make_no_run() -> None:
    sure = np.array([True, True, True, False, True])
    lengths, starts = runs(sure, np.array([False, True, False, True, True]))
    assert (lengths.tolist(), starts) == ([2, 1, 1, 1], [0, 2, 3, 4])
    assert runs(np.zeros(0, bool), np.zeros(0, bool))[1] == []


def test_the_example_of_its_guide() -> None:
    example = worked("lexical_units")
    sure = np.array(numbers(example, "p")) >= number(example, "threshold")
    lengths, _ = runs(sure, np.ones(len(sure), dtype=bool))
    assert len(lengths) == example.steps[0].gives
    assert _figures(len(lengths), len(sure))["steps_saved"].value == as_shown(example.result)
