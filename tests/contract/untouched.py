"""A model is to be the same before and after whatever a method did with it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from tests.contract.description import HOOKS, describe
from tests.contract.subjects import Bench, Subject
from workers.models.language import LanguageModel
from workers.models.vision import VisionModel


def answer(bench: Bench, subject: Subject) -> Tensor:
    """One output of the model."""
    model = bench.model(subject)
    with torch.no_grad():
        if isinstance(model, VisionModel):
            return model.logits(torch.linspace(-1, 1, 3 * 32 * 32).reshape(1, 3, 32, 32).repeat(1, 1, *_times(model)))
        assert isinstance(model, LanguageModel)
        ids = model.ids([1, 2, 3, 4])
        if model.sequence_to_sequence:
            return model.logits(model.decode(model.encode(ids=ids), ids=ids))
        return model.logits(model.hidden(ids=ids)[0])


def _times(model: VisionModel) -> tuple[int, int]:
    return model.input_size[0] // 32, model.input_size[1] // 32


@contextmanager
def handed_back(bench: Bench, subject: Subject) -> Iterator[list[str]]:
    """Gives a list that afterwards names all that changed about the model, its answer included: to be empty.

    Besides, what the model was when it was loaded is compared, so that an earlier leak does not hide a later one.
    A test's own hooks and the random state may differ from then.
    """
    network = bench.model(subject).network
    said, before = answer(bench, subject), describe(network)
    changes: list[str] = []
    yield changes
    after = describe(network)
    changes += sorted(key for key in before | after if before.get(key) != after.get(key))
    loaded = bench.loaded[subject.name]
    kept = [key for key in loaded if not key.endswith((*HOOKS, "random state"))]
    changes += [f"since loading: {key}" for key in kept if loaded[key] != after.get(key)]
    if not torch.equal(answer(bench, subject), said):
        changes.append("answer")
