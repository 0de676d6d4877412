"""Pairs of models: asked through the product, and read plainly, token by token, for comparison."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from tests.jobs import MODELS, Done, ask
from workers.contract import MethodCall, ModelSpec
from workers.models.language import LanguageModel

LARGE, SMALL = "demo-lm", "demo-lm-small"
"""Built in, with one tokenizer."""
TEXT = "Mia put the red ball in the box. Then she went to the garden."

Logs = npt.NDArray[np.float64]


def compare(
    key: str, model: Path | str, text: str = TEXT, *, params: dict[str, Any] | None = None, **given: Any
) -> Done:
    """Ask one method about a model; what is given by name are the models of its roles, and fields of the request."""
    known = ("generate", "continuation", "reading")
    roles = {name: other for name, other in given.items() if name not in known}
    call = MethodCall(
        key=key,
        params=params or {},
        roles={name: other.name.lower() if isinstance(other, Path) else other for name, other in roles.items()},
    )
    further = [other for other in roles.values() if isinstance(other, Path)]
    more = {name: given[name] for name in known if name in given}
    return ask(model, call, text=text, further=further, **more)


def language(model: Path | str) -> LanguageModel:
    """A loaded language model."""
    key, spec = (model.name.lower(), ModelSpec(location=str(model))) if isinstance(model, Path) else (model, None)
    found = MODELS.get(key, spec)
    assert isinstance(found, LanguageModel)
    return found


def logs(model: Path | str, ids: list[int]) -> Logs:
    """ln p over the real vocabulary (tokens, V), float64: row t is what the network says after token t."""
    loaded = language(model)
    with torch.no_grad():
        logits = loaded.network(input_ids=torch.tensor([ids])).logits[0, :, : loaded.vocabulary]
    return np.asarray(logits.double().log_softmax(-1))


def ids_of(done: Done, strip: str = "main") -> list[int]:
    """The tokens of a result's strip."""
    return [unit.id for unit in done.result.strip(strip).units if unit.id is not None]
