"""Families as data: what differs between architectures that otherwise share one code path.

A file here describes one family: a `Head` says how logits follow from final hidden states, a `Residuals` where the
layers of a language model and its final norm are, a `Blocks` where the parts of a vision transformer's layer are. What
no file describes is the common case.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal


@dataclass(frozen=True)
class Head:
    """logits = cap(linear(hidden · scale) · multiplier + bias). Names are those of config fields and buffers."""

    scale_by_width: str | None = None
    """The field that says whether final states are scaled by width^-1/2."""
    multiplier: str | None = None
    divisor: str | None = None
    softcap: str | None = None
    bias: str | None = None


@dataclass(frozen=True)
class Residuals:
    """Where a language model's layers and the norm before its head are, as attribute paths from its body."""

    layers: str = "layers"
    norm: str = "norm"
    norm_optional: bool = False
    """Whether some models of the family have no norm there: each of their layers ends with its own."""


@dataclass(frozen=True)
class Blocks:
    """Where the parts of a vision transformer are, as attribute paths; those of a layer start at the layer.

    `prefix_tokens` stand before the patches: the class token and, in DeiT, the distillation token.
    """

    embeddings: str
    layers: str
    final_norm: str
    classifier: str
    distilled: tuple[str, ...] = ()
    """Heads of the class and of the distillation token, where a model has both: the answer is their mean."""
    norm_before: str = "layernorm_before"
    attention: str = "attention"
    norm_after: str = "layernorm_after"
    mlp: str = "mlp"
    key: str = "attention.k_proj"
    prefix_tokens: int = 1


@dataclass(frozen=True)
class Adapter:
    """What is particular about the models of these `model_type`s."""

    model_types: tuple[str, ...]
    head: Head = Head()
    residuals: Residuals = Residuals()
    blocks: Blocks | None = None
    scaled: tuple[Literal["encoder", "decoder"], ...] = ()
    """The sides that multiply embeddings by `embed_scale` themselves when they get ids, but not given vectors."""


COMMON = Adapter(model_types=())


@cache
def _adapters() -> dict[str, Adapter]:
    found = {}
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        adapter: Adapter = importlib.import_module(module.name).ADAPTER
        found.update(dict.fromkeys(adapter.model_types, adapter))
    return found


def adapter_for(config: Any) -> Adapter:
    """The adapter of a configuration; the common case where no file describes its family."""
    return _adapters().get(config.model_type, COMMON)
