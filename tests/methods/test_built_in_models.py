"""The built-in models answer every method as the networks that transformers loads do."""

from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForImageClassification

from tests.jobs import MODELS, ask, call, picture, units_of, values
from workers.contract import Generate, ReductionPanel
from workers.models import hf
from workers.models.folders import BUILTIN, builtin_keys
from workers.models.language import LanguageModel
from workers.models.vision import VisionModel

STORY = "Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"


def built_in(task: hf.Task) -> list[Any]:
    """The keys of the built-in models that do this."""
    return [key for key in builtin_keys() if hf.task_of(hf.read_config(BUILTIN / key)) == task]


@pytest.mark.parametrize("key", built_in("causal"))
def test_surprisal_and_occlusion_of_language_models(key: str) -> None:
    done = ask(key, "surprisal", "occlusion", text=STORY, generate=Generate(max_new_tokens=4))
    assert not done.problems
    units = units_of(done.results[0])
    places = [index for index, unit in enumerate(units) if unit.id is not None]
    ids = [unit.id for unit in units if unit.id is not None]
    network: Any = AutoModelForCausalLM.from_pretrained(BUILTIN / key, dtype=torch.float32)
    model = MODELS.get(key)
    assert isinstance(model, LanguageModel)
    with torch.no_grad():
        logs = network(input_ids=torch.tensor([ids])).logits[0, :, : model.vocabulary].double().log_softmax(-1)
    expected = -logs[torch.arange(len(ids) - 1), ids[1:]]
    np.testing.assert_allclose(values(done.results[0], "surprisal")[places[1:]], expected, rtol=1e-4, atol=1e-5)
    drops = values(done.results[1])
    known = np.flatnonzero(~np.isnan(drops))
    assert len(known) >= len(ids) - 3
    from workers.core.objectives.embeddings import replacement_id

    for place in known[:: max(1, len(known) // 6)]:
        row = places.index(place)
        changed = [*ids[:row], replacement_id(model, "mask"), *ids[row + 1 : -1]]
        with torch.no_grad():
            covered = network(input_ids=torch.tensor([changed])).logits[0, -1, : model.vocabulary].log_softmax(-1)
        assert drops[place] == pytest.approx(float(-expected[-1] - covered[ids[-1]]), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("key", built_in("image_classes"))
def test_merging_nothing_and_gradients_of_classifiers(key: str) -> None:
    image = picture(96, 96)
    done = ask(key, call("tome", r=0), "gradient_x_input", "occlusion", "cls_attention", image=image)
    assert not done.problems
    (panel,) = done.results[0].panels
    assert isinstance(panel, ReductionPanel)
    assert panel.answers[1].divergence == pytest.approx(0, abs=1e-6)
    model = MODELS.get(key)
    assert isinstance(model, VisionModel)
    network: Any = AutoModelForImageClassification.from_pretrained(BUILTIN / key, dtype=torch.float32)
    pixels = model.prepare(image).requires_grad_(True)
    logits = network(pixel_values=pixels).logits[0]
    target = done.results[1].target
    assert target is not None
    assert target.class_id == int(logits.argmax())
    (slope,) = torch.autograd.grad(logits[target.class_id], pixels)
    shares = model.to_patches(slope * pixels)[0].sum(-1).detach().numpy()
    ours = values(done.results[1])
    np.testing.assert_allclose(ours[~np.isnan(ours)], shares, rtol=1e-3, atol=1e-4)
