"""CoRE: equal models agree fully; else the authors' formulas, written out for each position."""

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from tests.guides import as_shown, rows, worked
from tests.jobs import values
from tests.methods.uncertainty.two_models import LARGE, SMALL, compare, ids_of, language, logs
from workers.contract import AlternativesPanel, Result
from workers.core.consistency import agreement

KEY = "ensemble_consistency"
Dense = npt.NDArray[np.float64]


@pytest.mark.parametrize("score", ["rbf", "linear", "power", "reciprocal"])
def test_equal_models_agree_fully(score: str) -> None:
    result = compare(KEY, LARGE, second=LARGE, third=LARGE, params={"score": score}).result
    for name in ("consistency", "consistency_second", "consistency_third"):
        found = values(result, name)
        np.testing.assert_allclose(found[~np.isnan(found)], 1, atol=1e-6)
    weights = [values(result, name) for name in ("weight", "weight_second", "weight_third")]
    np.testing.assert_allclose(weights[0][1:], 0.5, atol=1e-5)
    np.testing.assert_allclose(weights[1][1:], 0.25, atol=1e-5)
    assert result.figures["changed"].value == 0


def kept(row: Dense, k: int) -> Dense:
    """The k most probable tokens of a row of ln p, renormalised, over the whole vocabulary."""
    best = np.argsort(-row, kind="stable")[:k]
    found = np.zeros_like(row)
    found[best] = np.exp(row[best]) / np.exp(row[best]).sum()
    return found


def written_out(rows: list[Dense], k: int) -> tuple[list[float], Dense, Dense]:
    """Consistency and weight of each model, and the ensemble, of the default variant (rbf, open) at one position."""
    p = [kept(row, k) for row in rows]
    mean = np.mean(p, axis=0)
    floor = math.exp(-2)
    scores = [(np.exp(-2 * np.abs(one - mean)) - floor) / (1 - floor) * (one + p[0] > 1e-12) for one in p]
    entropy = [-sum(value * math.log(value) for value in one if value > 0) for one in p]
    strength = [score.sum() / (h + 1e-12) for score, h in zip(scores, entropy, strict=True)]
    strength[0] = max(strength[0], sum(strength[1:]))
    weight = np.array(strength) / sum(strength)
    mixed = weight[0] * p[0]
    for w, one, score in zip(weight[1:], p[1:], scores[1:], strict=True):
        mixed = mixed + w * one * score / score.sum() * (score != 0).sum()
    return [score[one + p[0] > 1e-12].mean() for one, score in zip(p, scores, strict=True)], weight, mixed


def said(result: Result) -> list[list[int]]:
    """The ensemble's tokens at each unit, best first."""
    panel = next(panel for panel in result.panels if isinstance(panel, AlternativesPanel))
    return [[panel.candidates[int(at)].id for at in row if not np.isnan(at)] for row in panel.choices]


def test_two_models_against_the_formulas_at_each_position() -> None:
    done = compare(KEY, LARGE, second=SMALL, params={"top_k": 5})
    ids = ids_of(done)
    p, q = logs(LARGE, ids), logs(SMALL, ids)
    places = [at for at, unit in enumerate(done.result.strip("main").units) if unit.id is not None]
    tokens = said(done.result)
    for at in range(len(ids) - 1):
        consistency, weight, mixed = written_out([p[at], q[at]], 5)
        unit = places[at + 1]
        assert values(done.result, "consistency")[unit] == pytest.approx(consistency[0], abs=1e-3)
        assert values(done.result, "consistency_second")[unit] == pytest.approx(consistency[1], abs=1e-3)
        assert values(done.result, "weight")[unit] == pytest.approx(weight[0], abs=1e-3)
        assert values(done.result, "weight_second")[unit] == pytest.approx(weight[1], abs=1e-3)
        assert tokens[unit][0] == mixed.argmax()


def test_a_token_that_only_one_model_knows_is_the_least_consistent() -> None:
    p = torch.tensor([[[0.6, 0.4, 0.0], [0.6, 0.0, 0.4]]])
    scores, weights, mean = agreement(p, torch.ones(1, 3), "linear", "choice")
    np.testing.assert_allclose(scores[0, 0], [1 / 0.9, 0.8 / 0.9, 0], atol=1e-6)
    np.testing.assert_allclose(scores[0, 1], [3 / 2.6, 2.4 / 2.6, 2.4 / 2.6], atol=1e-6)
    np.testing.assert_allclose(weights[0], [0.5, 0.5], atol=1e-6)
    np.testing.assert_allclose(mean[0], [0.9, (1 + 0.8 + 0.8) / 3], atol=1e-6)


@pytest.mark.needs_data
def test_across_tokenizers_positions_count_where_both_begin_a_token(data: Path) -> None:
    pieces, letters = data / "models" / "stories260k", data / "models" / "babyllama105"
    text = "Once upon a time there was a dog."
    done = compare(KEY, letters, text, second=pieces)
    consistency = values(done.result, "consistency")
    starts, at = {0}, 0
    for piece in language(pieces).tokenizer.encode(text):
        starts.add(piece.start)
        at = piece.end
    assert at == len(text)
    units = done.result.strip("main").units
    aligned = [unit.byte_start in starts and unit.text != "" for unit in units]
    assert (~np.isnan(consistency)).tolist() == aligned
    assert 5 < sum(aligned) < len(units)
    assert "Tokenizers differ" in done.result.provenance.caveat
    weights = values(done.result, "weight") + values(done.result, "weight_second")
    np.testing.assert_allclose(weights[~np.isnan(weights)], 1, atol=1e-5)
    assert all(max(row, default=0) < language(letters).vocabulary for row in said(done.result))


def test_the_example_of_its_guide() -> None:
    example = worked("ensemble_consistency")
    models = torch.tensor([rows(example, "models")])
    _, _, consistency = agreement(models, torch.ones(1, 2), "rbf", "open")
    assert consistency[0].tolist() == [as_shown(example.result)] * 2
