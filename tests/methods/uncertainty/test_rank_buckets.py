"""Ranks 9 and 10 lie on either side of the first limit; the histograms count every token once."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.guides import as_shown, number, numbers, worked
from tests.jobs import ask, call, values
from tests.masked import make_masked
from tests.scripted import MODEL, scored, script
from workers.contract import AlternativesPanel, ChartPanel
from workers.methods.uncertainty.rank_buckets import among_the_first

TEXT = "Mia put the red ball in the box."
RANKS = (0, 9, 10, 99, 100, 999, 1000, 3, 3, 3)


def ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every token of the text has the rank of `RANKS`: so many others have a larger logit."""

    def logits(ids: list[int]) -> Tensor:
        rows = torch.zeros(len(ids), model.vocabulary)
        for row, id in enumerate(ids[1:]):
            others = [other for other in range(model.vocabulary) if other != id]
            rows[row, others[: RANKS[row % len(RANKS)]]] = 2.0
            rows[row, id] = 1.0
        return rows

    model = script(monkeypatch, logits)


def test_buckets_begin_at_their_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    ranked(monkeypatch)
    found = ask(MODEL, "rank_buckets", text=TEXT).result
    _, rank = scored(found, "rank")
    _, bucket = scored(found, "bucket")
    expected = np.resize(RANKS, len(rank))
    np.testing.assert_array_equal(rank, expected)
    np.testing.assert_array_equal(bucket, np.digitize(expected, [10, 100, 1000]))
    assert np.isnan(values(found, "bucket")[0])
    _, fraction = scored(found, "fraction")
    np.testing.assert_allclose(fraction, np.where(expected == 0, 1, math.exp(-1)), rtol=1e-5)
    shares = [found.figures[f"share_{name}"].value for name in ("first", "second", "third", "beyond")]
    assert shares == pytest.approx((np.bincount(bucket.astype(int), minlength=4) / len(rank)).tolist())


def test_limits_are_parameters_and_have_to_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    ranked(monkeypatch)
    found = ask(MODEL, call("rank_buckets", first=1, second=4, third=11), text=TEXT).result
    _, bucket = scored(found, "bucket")
    np.testing.assert_array_equal(bucket, np.digitize(np.resize(RANKS, len(bucket)), [1, 4, 11]))
    problem = ask(MODEL, call("rank_buckets", first=100), text=TEXT).problems[0]
    assert problem.status == 422
    assert "100, 100, 1000" in problem.detail


def test_three_histograms_count_every_token(monkeypatch: pytest.MonkeyPatch) -> None:
    ranked(monkeypatch)
    found = ask(MODEL, "rank_buckets", text=TEXT).result
    _, rank = scored(found, "rank")
    charts = [panel for panel in found.panels if isinstance(panel, ChartPanel)]
    assert [chart.mark for chart in charts] == ["bar", "histogram", "histogram"]
    assert [len(chart.series[0].x) for chart in charts] == [4, 10, 8]
    for chart in charts:
        assert sum(y or 0 for y in chart.series[0].y) == len(rank)
    assert any(isinstance(panel, AlternativesPanel) for panel in found.panels)


def test_entropy_among_the_first_ten() -> None:
    tie = np.full((1, 10), 0.05, np.float32)
    one = np.array([[0.4] + [0.0] * 9], np.float32)
    more = np.array([[0.1] * 10 + [0.01] * 5], np.float32)
    assert among_the_first(tie)[0] == pytest.approx(math.log(10))
    assert among_the_first(one)[0] == 0
    assert among_the_first(more)[0] == pytest.approx(math.log(10))


def test_a_masked_encoder_ranks_each_token_by_what_stands_around_it(tmp_path: Path) -> None:
    folder = make_masked(tmp_path / "masked")
    found = ask(folder, "rank_buckets", "surprisal", "confidence_means", text="the cat sat on the red mat.").results
    np.testing.assert_array_equal(values(found[0], "rank"), values(found[1], "rank"))
    assert np.isfinite(values(found[0], "rank")).sum() == 8
    figure = found[2].figures["geometric_mean"].value
    assert figure == pytest.approx(1 / (found[1].figures["perplexity"].value or 1), rel=1e-5)


def test_the_example_of_its_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    example = worked("rank_buckets")
    p, came = numbers(example, "p"), number(example, "came")

    def logits(ids: list[int]) -> Tensor:
        rows = torch.full((len(ids), model.vocabulary), -torch.inf)
        for row, id in enumerate(ids[1:]):
            others = iter([other for other in range(10) if other != id])
            rows[row, [id if one == came else next(others) for one in p]] = torch.tensor(p).log()
        rows[-1, 0] = 0.0
        return rows

    model = script(monkeypatch, logits)
    found = ask(MODEL, "rank_buckets", text="the ball").result
    assert scored(found, "rank")[1].tolist() == [example.steps[0].gives] * 2
    assert scored(found, "bucket")[1].tolist() == [0, 0]
    assert float(scored(found, "fraction")[1][0]) == as_shown(example.result)
