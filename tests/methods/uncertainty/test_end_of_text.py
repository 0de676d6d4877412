"""A forced end has probability 1; survival is the product of what is left."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.guides import as_shown, numbers, worked
from tests.jobs import SENTENCES, ask, values
from tests.scripted import MODEL, scored, script
from workers.contract import ChartPanel, Generate
from workers.methods.uncertainty.end_of_text import survived
from workers.models.language import LanguageModel

TEXT = "Mia put the red ball in the box."


def ending(monkeypatch: pytest.MonkeyPatch, probability: float) -> LanguageModel:
    """The model ends the text with this probability at every place."""

    def logits(ids: list[int]) -> Tensor:
        rows = torch.full((len(ids), model.vocabulary), -torch.inf)
        rows[:, next(iter(model.end_ids))] = torch.tensor(probability).log()
        rows[:, ids[-1]] = torch.tensor(1 - probability).log()
        return rows

    model = script(monkeypatch, logits)
    return model


def test_a_forced_end_is_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    ending(monkeypatch, 1.0)
    found = ask(MODEL, "end_of_text", text=TEXT).result
    _, probability = scored(found, "eos_probability")
    _, survival = scored(found, "survival")
    np.testing.assert_array_equal(probability, 1)
    np.testing.assert_array_equal(survival, 0)
    assert found.figures["ends_now"].value == 1


def test_survival_is_the_product_of_not_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    ending(monkeypatch, 0.25)
    found = ask(MODEL, "end_of_text", text=TEXT).result
    _, survival = scored(found, "survival")
    np.testing.assert_allclose(survival, 0.75 ** np.arange(1, len(survival) + 1), rtol=1e-5)
    assert found.figures["survival"].value == pytest.approx(0.75 ** len(survival), rel=1e-5)
    assert found.figures["mean_eos_probability"].value == pytest.approx(0.25, rel=1e-5)
    (chart,) = (panel for panel in found.panels if isinstance(panel, ChartPanel))
    assert chart.series[0].y == pytest.approx(survival.tolist())


def test_any_of_several_end_tokens_ends_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    model = script(monkeypatch, lambda ids: torch.zeros(len(ids), model.vocabulary))
    monkeypatch.setitem(vars(model), "end_ids", frozenset({2, 5, 9}))
    found = ask(MODEL, "end_of_text", text=TEXT).result
    _, probability = scored(found, "eos_probability")
    np.testing.assert_allclose(probability, 3 / model.vocabulary, rtol=1e-5)


def test_a_model_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    model = script(monkeypatch, lambda ids: torch.zeros(len(ids), model.vocabulary))
    monkeypatch.setitem(vars(model), "end_ids", frozenset())
    problem = ask(MODEL, "end_of_text", text=TEXT).problems[0]
    assert (problem.type, problem.status) == ("/problems/no-end-token", 422)


def test_a_translation_that_ended_was_likely_to_end_there_and_survived_until_then(data: Any) -> None:
    folder = data / "models" / "arabic-transliteration"
    done = ask(folder, "end_of_text", text=SENTENCES[folder.name])
    assert done.continuation.finish == "end"
    found = done.result
    ended = found.figures["ends_now"].value
    assert ended is not None
    assert ended > 0.5 > float(np.nanmax(values(found, "eos_probability", "output")))


def test_survival_begins_with_the_continuation(data: Any) -> None:
    found = ask(
        data / "models" / "stories260k", "end_of_text", text="Once upon a time", generate=Generate(max_new_tokens=5)
    ).result
    survival = values(found, "survival")
    assert np.isfinite(survival).sum() == 5
    assert np.isfinite(survival[-5:]).all()


def test_the_example_of_its_guide() -> None:
    example = worked("end_of_text")
    survival = survived(np.array(numbers(example, "p"), np.float32))
    assert survival.tolist() == [as_shown(step.gives) for step in example.steps]
    assert float(survival[-1]) == as_shown(example.result)
