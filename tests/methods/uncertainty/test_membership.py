"""K = 100 % is the mean surprisal; z by hand; the least expected tokens are underlined; DC-PDD keeps to its clip."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.guides import as_shown, number, numbers, worked
from tests.jobs import ask, call, tracks, values
from tests.scripted import MODEL, probabilities, scored, script
from workers.contract import ChartPanel, GroupsPanel, Result
from workers.methods.uncertainty.membership import lowest, standardised

TEXT = "Mia put the red ball in the box."
P = (0.9, 0.5, 0.25, 0.125, 0.6)


def figure(result: Result, name: str) -> float:
    """A figure that has a value."""
    found = result.figures[name].value
    assert found is not None
    return found


def test_all_of_the_tokens_are_the_mean_surprisal() -> None:
    found = ask(MODEL, call("membership", percent=100), "surprisal", text=TEXT).results
    mean = figure(found[1], "mean_nll")
    assert figure(found[0], "min_k") == pytest.approx(mean, rel=1e-5)


@pytest.mark.parametrize("percent", [1, 20, 30, 55])
def test_the_lowest_share_of_known_probabilities(monkeypatch: pytest.MonkeyPatch, percent: float) -> None:
    probabilities(monkeypatch, *P)
    found = ask(MODEL, call("membership", percent=percent), text=TEXT).result
    places, logs = scored(found, "log_probability")
    count = max(1, int(len(logs) * percent / 100))
    exact = np.sort(np.log(np.resize(P, len(logs))))
    assert figure(found, "min_k") == pytest.approx(-exact[:count].mean(), rel=1e-4)
    (panel,) = (panel for panel in found.panels if isinstance(panel, GroupsPanel))
    outlined = {start for start, stop in panel.groups[0].ranges if stop == start + 1}
    assert outlined <= set(places)
    assert len(outlined) == count
    least = [float(values(found, "log_probability")[unit]) for unit in outlined]
    assert sorted(least) == pytest.approx(exact[:count].tolist(), rel=1e-4)


def test_z_of_two_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities(monkeypatch, 0.9, 0.2)
    found = ask(MODEL, "membership", text=TEXT).result
    _, z = scored(found, "z")
    p = np.resize([0.9, 0.2], len(z))
    np.testing.assert_allclose(z, np.sign(np.log(p / (1 - p))) * np.sqrt((1 - p) / p), rtol=1e-4)
    # z of a coin: (ln p − E ln p) / σ = (1 − p) Δ / (√(p (1 − p)) |Δ|), Δ the log-odds of the token


def test_without_any_spread_there_is_no_z() -> None:
    assert np.isnan(standardised(np.zeros(2, np.float32), np.zeros(2, np.float32), np.zeros(2, np.float32))).all()


def test_the_lowest_are_at_least_one_and_ignore_what_has_no_value() -> None:
    assert lowest(np.array([np.nan, -1, -3, -2], np.float32), 1).tolist() == [2]
    assert lowest(np.array([np.nan, -1, -3, -2], np.float32), 67).tolist() == [2, 3]
    assert lowest(np.array([np.nan], np.float32), 20).tolist() == []


def test_calibrated_by_frequencies_counted_in_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    model = probabilities(monkeypatch, 0.5, 0.0001)
    reference = "the the the box"
    found = ask(MODEL, call("membership", reference=reference, clip=100), text=TEXT).result
    counts = model.tokenizer.ids(reference)
    places, logs = scored(found, "log_probability")
    units = found.strips[0].units
    seen: set[int] = set()
    expected = []
    for place, log in zip(places, logs, strict=True):
        id = units[place].id
        assert id is not None
        frequency = (counts.count(id) + 1) / (len(counts) + model.vocabulary)
        expected.append(math.nan if id in seen else math.exp(log) * math.log(1 / frequency))
        seen.add(id)
    _, calibrated = scored(found, "calibrated")
    np.testing.assert_allclose(calibrated, expected, rtol=1e-4)
    assert figure(found, "dc_pdd") == pytest.approx(float(np.nanmean(expected)), rel=1e-4)
    assert np.isnan(calibrated).any()


def test_no_token_counts_more_than_the_clip(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities(monkeypatch, 0.9)
    found = ask(MODEL, call("membership", reference="A ball."), text=TEXT).result
    assert np.nanmax(values(found, "calibrated")) <= np.float32(0.01)
    assert figure(found, "dc_pdd") == pytest.approx(0.01)


def test_without_a_reference_dc_pdd_is_left_out_and_said() -> None:
    found = ask(MODEL, "membership", text=TEXT).result
    assert "dc_pdd" not in found.figures
    assert "calibrated" not in tracks(found)
    assert "reference text" in found.provenance.caveat


def test_the_curve_over_k_ends_at_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    def logits(ids: list[int]) -> Tensor:
        torch.manual_seed(5)
        return torch.randn(len(ids), model.vocabulary) * 2

    model = script(monkeypatch, logits)
    found = ask(MODEL, "membership", text=TEXT).result
    (chart,) = (panel for panel in found.panels if isinstance(panel, ChartPanel))
    _, logs = scored(found, "log_probability")
    _, z = scored(found, "z")
    assert [series.y[-1] for series in chart.series] == pytest.approx([logs.mean(), z.mean()], rel=1e-4)
    for series in chart.series:
        assert series.y == sorted(series.y, key=float)  # type: ignore[arg-type]


def test_the_example_of_its_guide() -> None:
    example = worked("membership")
    logs = np.array(numbers(example, "logs"), np.float32)
    least = logs[lowest(logs, number(example, "percent"))]
    assert len(least) == example.steps[0].gives
    assert -least.mean() == as_shown(example.result)
