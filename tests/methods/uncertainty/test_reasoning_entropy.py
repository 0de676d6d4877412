"""Smoothing keeps a constant constant up to the edges; marks part reasoning from answer and are in neither."""

import numpy as np
import pytest

from tests.guides import as_shown, number, numbers, worked
from tests.jobs import ask, call, units_of, values
from tests.scripted import MODEL
from workers.contract import ChartPanel, GroupsPanel, Result
from workers.methods.uncertainty.reasoning_entropy import smooth

MARKED = "Mia is sad. <think>The ball is red, so it is in the box.</think> It is in the box."


def test_a_constant_stays_constant_at_the_edges() -> None:
    for window in (1, 2, 3, 9, 40):
        for kernel in ("triangular", "uniform"):
            np.testing.assert_allclose(smooth(np.full(7, 2.5, np.float32), window, kernel), 2.5, rtol=1e-6)


def test_triangular_weights_by_hand() -> None:
    found = smooth(np.array([4, 0, 2, 6], np.float32), 3, "triangular")
    np.testing.assert_allclose(found, [(2 * 4 + 0) / 3, (4 + 0 + 2) / 4, (0 + 4 + 6) / 4, (2 + 12) / 3], rtol=1e-6)
    np.testing.assert_allclose(smooth(np.array([4, 0, 2, 6], np.float32), 3, "uniform"), [2, 2, 8 / 3, 4], rtol=1e-6)


def test_a_missing_value_weighs_nothing() -> None:
    found = smooth(np.array([np.nan, 3, 5], np.float32), 3, "uniform")
    np.testing.assert_allclose(found, [3, 4, 4])
    assert np.isnan(smooth(np.array([np.nan, np.nan, np.nan], np.float32), 3, "uniform")).all()
    assert smooth(np.zeros(0, np.float32), 3, "uniform").shape == (0,)


def groups(result: Result) -> GroupsPanel:
    """The panel of reasoning and answer."""
    return next(panel for panel in result.panels if isinstance(panel, GroupsPanel))


def test_reasoning_and_answer_are_parted_at_the_marks() -> None:
    found = ask(MODEL, "reasoning_entropy", text=MARKED).result
    units = units_of(found)
    said = {
        group.label: "".join(unit.text or "" for unit in units[slice(*group.ranges[0])])
        for group in groups(found).groups
    }
    assert said["Reasoning"].strip() == "The ball is red, so it is in the box."
    assert said["Answer"].strip() == "It is in the box."
    entropy = values(found, "entropy")
    for group in groups(found).groups:
        inside = entropy[slice(*group.ranges[0])]
        assert group.value == pytest.approx(float(np.nanmean(inside.astype(float))), rel=1e-5)
    assert found.figures["reasoning_entropy"].value == groups(found).groups[0].value
    before = next(index for index, unit in enumerate(units) if "<" in (unit.text or ""))
    assert np.isnan(values(found, "smoothed_entropy")[: before + 1]).all()


def test_without_marks_it_is_one_trace() -> None:
    found = ask(MODEL, call("reasoning_entropy", window=1), text="It is in the box.").result
    assert [group.label for group in groups(found).groups] == ["Whole trace"]
    np.testing.assert_allclose(values(found, "smoothed_entropy"), values(found, "entropy"))
    (chart,) = (panel for panel in found.panels if isinstance(panel, ChartPanel))
    assert len(chart.series) == 2
    assert found.figures["trace_entropy"].value == pytest.approx(
        float(np.nanmean(values(found, "entropy").astype(float))), rel=1e-5
    )


def test_reasoning_that_a_template_opened_ends_at_its_mark_and_one_never_closed_goes_on() -> None:
    closed = ask(MODEL, "reasoning_entropy", text="The ball is red.</think> It is in the box.").result
    assert [group.label for group in groups(closed).groups] == ["Reasoning", "Answer"]
    opened = ask(MODEL, "reasoning_entropy", text="<think>The ball is red.").result
    assert [group.label for group in groups(opened).groups] == ["Reasoning"]


def test_the_example_of_its_guide() -> None:
    example = worked("reasoning_entropy")
    values = np.array(numbers(example, "entropy"), np.float32)
    smoothed = smooth(values, int(number(example, "window")), "triangular")
    assert float(smoothed[1]) == as_shown(example.result)
