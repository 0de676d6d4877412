"""Counts what a job really makes of its models: sequences that a network reads, and gradients that are taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import torch
from torch import nn

from workers.models.cache import ModelCache
from workers.models.language import LanguageModel


@dataclass
class Counted:
    """Sequences read by any model of a cache, and backward passes (sequences × targets)."""

    forward: int = 0
    backward: int = 0


def _first_projection(model: Any) -> nn.Module:
    """The first matrix that a sequence meets in a network's first layer (of an encoder-decoder: its decoder's)."""
    seq2seq = isinstance(model, LanguageModel) and model.sequence_to_sequence
    within = model.network.get_decoder() if seq2seq else model.network
    lists = [module for module in within.modules() if isinstance(module, nn.ModuleList) and len(module)]
    for part in lists[0][0].modules():
        if isinstance(part, nn.Linear) or type(part).__name__ == "Conv1D":
            return part
    raise LookupError(model.key)


@contextmanager
def counting(cache: ModelCache) -> Iterator[Counted]:
    """While this lasts, passes of every model of the cache are counted, those that are loaded meanwhile, too."""
    counted = Counted()
    watched: dict[int, Any] = {}
    get = ModelCache.get

    def watch(model: Any) -> None:
        if id(model) in watched or not isinstance(getattr(model, "network", None), nn.Module):
            return

        def count(_: nn.Module, given: tuple[torch.Tensor, ...]) -> None:
            counted.forward += given[0].shape[0] if given[0].dim() > 2 else 1

        watched[id(model)] = _first_projection(model).register_forward_pre_hook(count)

    def got(self: ModelCache, *args: Any, **more: Any) -> Any:
        model = get(self, *args, **more)
        watch(model)
        return model

    gradient = torch.autograd.grad

    def graded(outputs: Any, inputs: Any, *args: Any, **more: Any) -> Any:
        counted.backward += inputs.shape[0] if isinstance(inputs, torch.Tensor) else inputs[0].shape[0]
        return gradient(outputs, inputs, *args, **more)

    with mock.patch.object(ModelCache, "get", got), mock.patch.object(torch.autograd, "grad", graded):
        try:
            yield counted
        finally:
            for hook in watched.values():
                hook.remove()
