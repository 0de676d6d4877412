"""Models that listen while they compute: each of their layers first asks whether to go on.

One pass of a large model over a long text takes seconds. A person who cancels it should not wait for its end.
"""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import torch
from torch import nn

from workers.contract import ModelSpec
from workers.models.cache import Model, ModelCache


class Attended:
    """The models of one job; within it their layers call `ask`, which raises when the job is to end."""

    def __init__(self, models: ModelCache, ask: Callable[[], None]) -> None:
        self._models = models
        self._ask = ask
        self._hooks: dict[int, list[Any]] = {}

    @property
    def device(self) -> torch.device:
        """Where they compute."""
        return self._models.device

    def get(self, key: str, spec: ModelSpec | None = None, *, beside: Sequence[Model] = ()) -> Model:
        """As the cache gives it, with its layers asking until the end of the job. Raises Refusal."""
        self._ask()
        model = self._models.get(key, spec, beside=beside)
        if id(model) not in self._hooks:
            asking = [layer.register_forward_pre_hook(self._before) for layer in layers_of(model.network)]
            self._hooks[id(model)] = asking
        return model

    def _before(self, layer: nn.Module, given: object) -> None:
        self._ask()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for hook in (hook for asking in self._hooks.values() for hook in asking):
            hook.remove()
        self._hooks.clear()


def layers_of(network: nn.Module) -> list[nn.Module]:
    """The blocks of a network that follow one another."""
    stacks = [module for module in network.modules() if isinstance(module, nn.ModuleList)]
    return [layer for stack in stacks for layer in stack]
