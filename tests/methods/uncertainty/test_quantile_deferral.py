"""α = 0 is the least certain token, α = 1 the most certain; between two tokens numpy's linear rule."""

import math
from typing import Any

import numpy as np
import pytest

from tests.guides import as_shown, number, numbers, worked
from tests.jobs import SENTENCES, ask, call
from tests.scripted import MODEL, probabilities, scored
from workers.contract import ChartPanel, Generate, Result
from workers.methods.uncertainty.quantile_deferral import levels

TEXT = "Mia put the red ball in the box."
P = (0.9, 0.5, 0.25, 0.125, 0.99)


def value(result: Result, name: str = "chow_quantile") -> float:
    """A figure that has a value."""
    found = result.figures[name].value
    assert found is not None
    return found


@pytest.mark.parametrize("alpha", [0.0, 0.1, 0.37, 0.5, 1.0])
def test_the_quantile_of_known_probabilities(monkeypatch: pytest.MonkeyPatch, alpha: float) -> None:
    probabilities(monkeypatch, *P)
    found = ask(MODEL, call("quantile_deferral", alpha=alpha), text=TEXT).result
    _, logs = scored(found, "log_probability")
    exact = np.log(np.resize(P, len(logs)))
    np.testing.assert_allclose(logs, exact, rtol=1e-4, atol=1e-6)
    assert value(found) == pytest.approx(float(np.quantile(exact, alpha)), rel=1e-4)
    assert value(found, "chow_sum") == pytest.approx(exact.sum(), rel=1e-4)
    assert value(found, "chow_average") == pytest.approx(exact.mean(), rel=1e-4)
    if alpha in (0.0, 1.0):
        assert value(found) == pytest.approx(exact.min() if alpha == 0 else exact.max(), rel=1e-4)


def test_the_curve_rises_from_the_least_certain_to_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities(monkeypatch, *P)
    found = ask(MODEL, call("quantile_deferral", defer_below=-1.0), text=TEXT).result
    (chart,) = (panel for panel in found.panels if isinstance(panel, ChartPanel))
    heights = np.array(chart.series[0].y, float)
    assert (np.diff(heights) >= 0).all()
    assert (heights[0], heights[-1]) == pytest.approx((math.log(0.125), math.log(0.99)), rel=1e-4)
    assert (chart.series[0].x[0], chart.series[0].x[-1]) == (0, 1)
    assert chart.baseline == -1
    assert value(found, "defers") == float(value(found) < -1)


def test_levels_are_the_place_among_the_sorted() -> None:
    np.testing.assert_allclose(levels(np.array([-4.0, -2, -2, -1]), np.array([-1, -4, -2], np.float32)), [1, 0, 0.5])
    np.testing.assert_allclose(levels(np.array([-4.0]), np.array([-4], np.float32)), [0])


def test_the_end_counts_where_the_model_ended_itself(data: Any) -> None:
    folder = data / "models" / "arabic-transliteration"
    without, with_end = (
        ask(folder, call("quantile_deferral", end=end), "end_of_text", text=SENTENCES[folder.name])
        for end in (False, True)
    )
    assert with_end.continuation.finish == "end"
    ended = with_end.results[1].figures["ends_now"].value
    assert ended is not None
    more = value(with_end.results[0], "chow_sum") - value(without.results[0], "chow_sum")
    assert more == pytest.approx(math.log(ended), abs=1e-5)
    cut = Generate(max_new_tokens=2)
    without, with_end = (
        ask(folder, call("quantile_deferral", end=end), text=SENTENCES[folder.name], generate=cut)
        for end in (False, True)
    )
    assert value(with_end.result, "chow_sum") == value(without.result, "chow_sum")


def test_impossible_tokens_are_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities(monkeypatch, 0.5, 0.0)
    found = ask(MODEL, call("quantile_deferral", alpha=0.0), text=TEXT).result
    assert value(found) == pytest.approx(math.log(0.5), rel=1e-5)
    assert "impossible" in found.provenance.caveat


def test_the_example_of_its_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    example = worked("quantile_deferral")
    probabilities(monkeypatch, *np.exp(numbers(example, "logs")))
    asked = call("quantile_deferral", alpha=number(example, "alpha"))
    figures = ask(MODEL, asked, text="the red ball").result.figures
    assert figures["chow_sum"].value == as_shown(example.steps[0].gives)
    assert figures["chow_average"].value == as_shown(example.steps[1].gives)
    assert figures["chow_quantile"].value == as_shown(example.result)
