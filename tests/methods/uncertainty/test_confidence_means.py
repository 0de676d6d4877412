"""The means of known probabilities; the kurtosis of a certain token and of a tie, in all its variants."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.guides import as_shown, numbers, worked
from tests.jobs import SENTENCES, ask, call, tracks, values
from tests.scripted import MODEL, probabilities, scored, script
from workers.contract import Generate

TEXT = "Mia put the red ball in the box."


def test_means_of_known_probabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities(monkeypatch, 0.5, 0.125)
    found = ask(MODEL, "confidence_means", text=TEXT).result
    _, p = scored(found, "probability")
    np.testing.assert_allclose(p, np.resize([0.5, 0.125], len(p)), rtol=1e-5)
    assert found.figures["geometric_mean"].value == pytest.approx(float(np.exp(np.log(p).mean())), rel=1e-5)
    assert found.figures["arithmetic_mean"].value == pytest.approx(float(p.mean()), rel=1e-5)


def test_a_certain_model_has_the_largest_kurtosis(monkeypatch: pytest.MonkeyPatch) -> None:
    model = probabilities(monkeypatch, 1.0)
    found = ask(MODEL, "confidence_means", text=TEXT).result
    highest = model.vocabulary - 2 + 1 / (model.vocabulary - 1)
    _, kurtosis = scored(found, "kurtosis")
    np.testing.assert_allclose(kurtosis, highest, rtol=1e-5)
    figure = found.figures["kurtosis_mean"]
    assert figure.value == pytest.approx(highest, rel=1e-5)
    assert figure.domain == (1.0, highest)
    assert found.figures["geometric_mean"].value == pytest.approx(1)
    _, choices = scored(found, "effective_choices")
    np.testing.assert_allclose(choices, 1, rtol=2e-3)


def test_a_tie_of_k_tokens_is_k_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    def logits(ids: list[int]) -> Tensor:
        rows = torch.full((len(ids), model.vocabulary), -torch.inf)
        rows[:, 100:104] = -3.5
        return rows

    model = script(monkeypatch, logits)
    found = ask(MODEL, "confidence_means", text=TEXT).result
    _, choices = scored(found, "effective_choices")
    np.testing.assert_allclose(choices, 4, rtol=5e-3)


def test_where_all_are_equal_there_is_no_kurtosis(monkeypatch: pytest.MonkeyPatch) -> None:
    model = script(monkeypatch, lambda ids: torch.full((len(ids), model.vocabulary), 0.7))
    found = ask(MODEL, "confidence_means", text=TEXT).result
    assert np.isnan(values(found, "kurtosis")).all()
    assert found.figures["kurtosis_mean"].value is None
    assert found.figures["geometric_mean"].value == pytest.approx(1 / model.vocabulary, rel=1e-4)


def test_fisher_is_three_less_and_logits_are_another_kurtosis(data: Any) -> None:
    folder = data / "models" / "stories260k"
    text = SENTENCES["stories260k"]
    pearson, fisher, logits = (
        ask(folder, call("confidence_means", **params), text=text).result
        for params in ({}, {"definition": "fisher"}, {"kurtosis_of": "logits"})
    )
    np.testing.assert_allclose(values(fisher, "kurtosis"), values(pearson, "kurtosis") - 3, rtol=1e-5)
    np.testing.assert_array_equal(values(fisher, "log10_kurtosis"), values(pearson, "log10_kurtosis"))
    assert fisher.figures["kurtosis_mean"].label == "Mean kurtosis (Fisher, of probabilities)"
    assert logits.figures["kurtosis_mean"].label == "Mean kurtosis (Pearson, of logits)"
    assert np.nanmax(values(logits, "kurtosis")) < np.nanmax(values(pearson, "kurtosis"))
    assert "effective_choices" not in tracks(logits)


def test_a_translation_is_summed_over_its_output_and_a_continuation_by_itself(data: Any) -> None:
    translated = ask(data / "models" / "arabic-transliteration", "confidence_means", "surprisal", text="آتزمون")
    said = values(translated.results[1], "surprisal", "output")
    mean = float(np.mean(said.astype(float)))
    assert translated.results[0].figures["geometric_mean"].value == pytest.approx(math.exp(-mean), rel=1e-5)
    generate = Generate(max_new_tokens=6)
    folder = data / "models" / "stories260k"
    own, both = (
        ask(folder, call("confidence_means", over=over), text="Once upon a time", generate=generate).result
        for over in ("continuation", "all")
    )
    p = values(own, "probability").astype(float)
    assert own.figures["arithmetic_mean"].value == pytest.approx(float(p[-6:].mean()), rel=1e-5)
    assert both.figures["arithmetic_mean"].value == pytest.approx(float(np.nanmean(p)), rel=1e-5)


def test_the_example_of_its_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    example = worked("confidence_means")
    probabilities(monkeypatch, *numbers(example, "p"))
    figures = ask(MODEL, "confidence_means", text="the ball").result.figures
    assert figures["arithmetic_mean"].value == as_shown(example.steps[0].gives)
    assert figures["geometric_mean"].value == as_shown(example.result)
