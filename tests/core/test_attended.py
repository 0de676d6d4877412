"""Cancelling is heard between layers, and the layers are given back."""

from pathlib import Path

import pytest
from torch import nn

from tests.jobs import MODELS, ask, request
from workers.core.attended import Attended, layers_of
from workers.core.run import run
from workers.core.steps import Cancelled, Step
from workers.models.cache import Model


def hooks(network: nn.Module) -> int:
    """How many layers are listened to."""
    return sum(len(module._forward_pre_hooks) for module in network.modules())


def model(folder: Path) -> Model:
    """The one in the tests' cache."""
    given = request(folder)
    return MODELS.get(given.model or "", given.specs[given.model or ""])


def test_each_layer_asks_first(stories: Path) -> None:
    asked: list[None] = []
    network = model(stories).network
    layers = layers_of(network)
    assert len(layers) >= 5
    with Attended(MODELS, lambda: asked.append(None)) as attended:
        given = request(stories)
        found = attended.get(given.model or "", given.specs[given.model or ""])
        assert attended.get(given.model or "", given.specs[given.model or ""]) is found
        assert hooks(network) == len(layers)
        assert attended.device == MODELS.device
    assert hooks(network) == 0


@pytest.mark.parametrize("after", [1, 7, 16])
def test_a_job_ends_within_a_pass_and_leaves_the_model_untouched(stories: Path, after: int) -> None:
    ask(stories, "surprisal", text="Once upon a time")
    network = model(stories).network
    questions = 0

    def control() -> str:
        nonlocal questions
        questions += 1
        assert questions <= after, "it was not heard"
        return "cancel" if questions == after else "go"

    steps: list[Step] = []
    run(request(stories, "occlusion", text="Once upon a time there was a dog"), MODELS, control, steps.append)  # type: ignore[arg-type]
    assert isinstance(steps[-1], Cancelled)
    assert questions == after
    assert hooks(network) == 0


def test_a_job_that_fails_leaves_the_model_untouched(stories: Path) -> None:
    assert ask(stories, "cls_attention", text="Once").problems
    assert hooks(model(stories).network) == 0
