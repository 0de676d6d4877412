"""Attention seen in passing: queries and keys of each layer are shown to an observer, the kernel stays fused.

A function registered with transformers calls the same scaled-dot-product kernel that the model would have called,
and hands the (rotated) queries and keys to whoever observes. Its mask is registered too: without one, padding
would silently be ignored.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from workers.models.hf import attention_function

NAME = "tessera_observed"


@dataclass(frozen=True)
class Attention:
    """What one layer attended with: query (batch, heads, q, width), key (batch, key heads, k, width), mask, scale.

    `causal` says that the kernel itself hides later keys, as it does where there is no mask.
    """

    query: Tensor
    key: Tensor
    mask: Tensor | None
    scale: float
    causal: bool

    def rows(self, rows: slice) -> Tensor:
        """softmax(q kᵀ · scale + mask) of the chosen query rows, float32: (batch, heads, rows, keys)."""
        groups = self.query.shape[1] // self.key.shape[1]
        keys = self.key.repeat_interleave(groups, dim=1) if groups > 1 else self.key
        scores = (self.query[:, :, rows].float() @ keys.float().transpose(-1, -2)) * self.scale
        if self.mask is not None:
            chosen = self.mask[:, :, rows] if self.mask.shape[-2] > 1 else self.mask
            scores = scores.masked_fill(~chosen, -torch.inf) if chosen.dtype == torch.bool else scores + chosen
        elif self.causal:
            at = torch.arange(self.query.shape[2], device=scores.device)[rows, None]
            scores = scores.masked_fill(torch.arange(keys.shape[2], device=scores.device) > at, -torch.inf)
        return scores.softmax(-1)


Observer = Callable[[Attention], None]
"""Is shown the attention of every layer that runs, in order."""

_observers: list[Observer] = []


def _observed(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    **options: Any,
) -> tuple[Tensor, None]:
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    causal = options.get("is_causal")
    causal = getattr(module, "is_causal", True) if causal is None else causal
    seen = Attention(query, key, attention_mask, scale, causal=bool(causal) and query.shape[2] > 1)
    for observer in _observers:
        observer(seen)
    output: Tensor = sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **options)[0]
    return output, None


AttentionInterface.register(NAME, _observed)
AttentionMaskInterface.register(NAME, sdpa_mask)


@contextmanager
def observed(model: nn.Module, observer: Observer) -> Iterator[None]:
    """While this lasts, every attention layer of `model` that runs is shown to `observer`."""
    _observers.append(observer)
    try:
        with attention_function(model, NAME):
            yield
    finally:
        _observers.remove(observer)
