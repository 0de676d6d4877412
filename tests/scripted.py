"""A model whose logits a test writes: its tokenizer and strips are real, its predictions are the test's."""

from collections.abc import Callable
from itertools import cycle

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from tests.jobs import MODELS, units_of, values
from workers.contract import Result
from workers.models.language import LanguageModel

MODEL = "demo-lm-small"
"""Any built-in causal model does: of it only the tokenizer is used."""


def script(monkeypatch: pytest.MonkeyPatch, logits: Callable[[list[int]], Tensor]) -> LanguageModel:
    """From now on the model says what `logits` gives for the ids it reads: (ids, vocabulary)."""
    model = MODELS.get(MODEL, None)
    assert isinstance(model, LanguageModel)
    table: list[Tensor] = []

    def hidden(self: LanguageModel, *, ids: Tensor, **options: object) -> tuple[Tensor, None]:
        table[:] = [logits(ids[0].tolist()).float()]
        return torch.arange(ids.shape[1])[None, :, None].float(), None

    def scripted(self: LanguageModel, states: Tensor) -> Tensor:
        return table[0][states[..., 0].long()]

    monkeypatch.setattr(LanguageModel, "hidden", hidden)
    monkeypatch.setattr(LanguageModel, "logits", scripted)
    return model


def probabilities(monkeypatch: pytest.MonkeyPatch, *given: float) -> LanguageModel:
    """The tokens after the first get these probabilities, over and over; one other token has what is left.

    After the last token the model ends the text.
    """

    def logits(ids: list[int]) -> Tensor:
        vocabulary = model.vocabulary
        rows = torch.full((len(ids), vocabulary), -torch.inf)
        for row, (id, p) in enumerate(zip(ids[1:], cycle(given), strict=False)):
            rest = next(other for other in range(vocabulary) if other not in (id, *model.end_ids))
            rows[row, rest] = torch.tensor(1 - p).log()
            rows[row, id] = torch.tensor(p).log()
        rows[-1, min(model.end_ids)] = 0.0
        return rows

    model = script(monkeypatch, logits)
    return model


def scored(result: Result, track: str) -> tuple[list[int], npt.NDArray[np.float32]]:
    """The places of the tokens that the model predicted, and a track's values there."""
    places = [index for index, unit in enumerate(units_of(result)) if unit.id is not None][1:]
    return places, values(result, track)[places]
