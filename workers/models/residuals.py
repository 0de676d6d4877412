"""The residual stream of a language model: its layers in order, and the norm that stands before the head."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

from torch import Tensor, nn

from workers.models.adapters import adapter_for
from workers.models.language import LanguageModel


@dataclass(frozen=True)
class Stream:
    """The layers through which the residual stream runs, and the final norm (None: there is none)."""

    layers: Sequence[nn.Module]
    norm: nn.Module | None

    def normed(self, residual: Tensor) -> Tensor:
        """What the head would read if the model ended here."""
        if self.norm is None:
            return residual
        states: Tensor = self.norm(residual)
        return states


def stream_of(model: LanguageModel) -> Stream | None:
    """Where the adapter says that layers and norm are; None where nothing is there."""
    names = adapter_for(model.config).residuals
    layers = _at(model.body, names.layers)
    norm = _at(model.body, names.norm)
    if not isinstance(layers, nn.ModuleList) or not (isinstance(norm, nn.Module) or names.norm_optional):
        return None
    return Stream(list(layers), norm)


def _at(module: Any, path: str) -> Any:
    return reduce(lambda found, name: getattr(found, name, None), path.split("."), module)


@contextmanager
def watched(stream: Stream, seen: Callable[[Tensor], None]) -> Iterator[None]:
    """While this lasts, what each layer adds up to (batch, positions, width) is shown to `seen`, layer after layer."""

    def hook(module: nn.Module, inputs: Any, output: Any) -> None:
        seen(output[0] if isinstance(output, tuple) else output)

    handles = [layer.register_forward_hook(hook) for layer in stream.layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
