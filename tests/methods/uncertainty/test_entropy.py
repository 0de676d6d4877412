"""Entropy has closed forms, and the alternatives are the model's own best tokens."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM

from tests.guides import as_shown, numbers, worked
from tests.jobs import CAUSAL, SENTENCES, ask, call, tracks, units_of, values
from workers.contract import AlternativesPanel, Result
from workers.core.statistics import Entropy, RowChunk, Top

ID = torch.tensor([0])


def entropy(logits: list[float]) -> float:
    """The entropy of one row of logits."""
    return float(Entropy().of(RowChunk(torch.tensor([logits]), ID))["entropy"][0])


def exactly(logs: Tensor) -> Tensor:
    """−Σ p ln p of rows of ln p."""
    return -(logs.exp() * logs).sum(-1)


@pytest.mark.parametrize("k", [2, 3, 10, 1000])
def test_a_tie_of_k_tokens_is_ln_k(k: int) -> None:
    assert entropy([0.5] * k) == pytest.approx(math.log(k), rel=2e-6)
    assert entropy([0.5] * k + [-1e4] * 7) == pytest.approx(math.log(k), rel=2e-6)


def test_a_certain_token_has_no_entropy() -> None:
    assert entropy([60.0, 0.0, 0.0]) == pytest.approx(0, abs=1e-6)


def test_suppressed_tokens_count_as_probability_zero() -> None:
    assert entropy([-math.inf, 2.0, 2.0, -math.inf]) == pytest.approx(math.log(2), abs=1e-6)
    top = Top(3).of(RowChunk(torch.tensor([[-math.inf, 2.0, 2.0, -math.inf]]), ID))
    assert top["top_probabilities"][0].tolist() == pytest.approx([0.5, 0.5, 0.0])


def test_large_logits_lose_no_precision() -> None:
    torch.manual_seed(0)
    logits = torch.randn(4, 5000) * 3 + 4000
    exact = exactly(logits.double().log_softmax(-1))
    found = Entropy().of(RowChunk(logits, torch.zeros(4, dtype=torch.long)))["entropy"]
    torch.testing.assert_close(found.double(), exact, rtol=0, atol=2e-5)


def test_k_is_cut_to_the_vocabulary() -> None:
    assert Top(50).of(RowChunk(torch.zeros(2, 3), ID.expand(2)))["top_ids"].shape == (2, 3)


@pytest.mark.parametrize("name", CAUSAL)
def test_tracks_and_alternatives_are_the_models_own(data: Path, name: str) -> None:
    folder = data / "models" / name
    found = ask(folder, call("entropy", top_k=4), text=SENTENCES[name]).result
    units = units_of(found, "main")
    places = [index for index, unit in enumerate(units) if unit.id is not None]
    network: Any = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        logits = network(input_ids=torch.tensor([[units[place].id for place in places]])).logits[0, :-1].double()
    p = logits.softmax(-1)
    exact = exactly(p.log())
    at = places[1:]
    np.testing.assert_allclose(values(found, "entropy")[at], exact, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(values(found, "effective_choices")[at], exact.exp(), rtol=1e-4)
    best = p.topk(4)
    np.testing.assert_allclose(values(found, "margin")[at], best.values[:, 0] - best.values[:, 1], atol=1e-5)
    np.testing.assert_allclose(values(found, "top_k_mass")[at], best.values.sum(-1), atol=1e-5)
    panel = alternatives(found)
    ids = np.array([candidate.id for candidate in panel.candidates])
    np.testing.assert_allclose(panel.probabilities[at], best.values, atol=1e-5)
    np.testing.assert_array_equal(ids[panel.choices[at].astype(int)], best.indices)
    np.testing.assert_allclose(panel.covered[at], values(found, "top_k_mass")[at])
    assert np.isnan(panel.choices[places[0]]).all()
    assert found.figures["mean_entropy"].value == pytest.approx(float(exact.mean()), rel=1e-5)


def alternatives(result: Result) -> AlternativesPanel:
    """The panel of what else could have stood there."""
    return next(panel for panel in result.panels if isinstance(panel, AlternativesPanel))


def test_candidates_say_which_bytes_they_are(data: Path) -> None:
    panel = alternatives(ask(data / "models" / "stories260k", "entropy", text="Once upon a").result)
    by_text = {candidate.text: candidate for candidate in panel.candidates}
    assert by_text[" was"].bytes == "IHdhcw=="
    assert len({candidate.id for candidate in panel.candidates}) == len(panel.candidates)


def test_tracks_stay_in_their_domains(data: Path) -> None:
    found = ask(data / "models" / "stories260k", "entropy", text=SENTENCES["stories260k"]).result
    for track in tracks(found).values():
        low, high = track.domain
        assert low is not None
        assert high is not None
        assert np.nanmin(track.values) >= low
        assert np.nanmax(track.values) <= high + 1e-6


def test_the_example_of_its_guide() -> None:
    example = worked("entropy")
    chunk = RowChunk(torch.tensor([numbers(example, "p")]).log(), torch.tensor([0]))
    found = Entropy().of(chunk)["entropy"]
    best = Top(2).of(chunk)["top_probabilities"][0]
    assert float(found) == as_shown(example.steps[0].gives)
    assert float(best[0] - best[1]) == as_shown(example.steps[1].gives)
    assert float(found.exp()) == as_shown(example.result)
