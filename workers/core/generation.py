"""How a model continues a text: its raw distribution, then temperature and nucleus, then a seeded draw.

The person's settings alone decide: whatever a model's generation config would add (penalties, suppressed or forced
tokens) is left out, so that the distribution that is shown is the one that was drawn from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from workers.contract import Generate
from workers.models.language import LanguageModel

_COLDEST = 1e-9
"""Below this temperature logits would overflow; the top token has all the mass long before."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A generated token and its raw probability at temperature 1."""

    id: int
    probability: float


def processed(logits: Tensor, settings: Generate) -> Tensor:
    """The distribution that is drawn from: softmax(logits / temperature), cut to the nucleus (vocabulary)."""
    probabilities = (logits.double() / max(settings.temperature, _COLDEST)).softmax(-1)
    if settings.top_p >= 1:
        return probabilities
    ordered, order = probabilities.sort(descending=True)
    outside = ordered.cumsum(-1) - ordered >= settings.top_p
    ordered = ordered.masked_fill(outside, 0.0)
    return torch.zeros_like(probabilities).scatter(-1, order, ordered / ordered.sum())


@torch.no_grad()
def draw(model: LanguageModel, prompt: list[int], settings: Generate) -> Iterator[Drawn]:
    """Tokens one by one, until the model ends its text (the end token is not part of it) or the limit is reached."""
    generator = torch.Generator().manual_seed(settings.seed)
    state = _Decoder(model, prompt)
    for _ in range(settings.max_new_tokens):
        logits = state.next_logits().cpu()
        if settings.do_sample:
            id = int(torch.multinomial(processed(logits, settings), 1, generator=generator))
        else:
            id = int(logits.argmax())
        if id in model.end_ids:
            return
        yield Drawn(id, float((logits[id] - logits.logsumexp(-1)).exp()))
        state.append(id)


class _Decoder:
    """One position after the other, with the network's own key/value cache where it has one."""

    def __init__(self, model: LanguageModel, prompt: list[int]) -> None:
        self._model = model
        self._past: Any = None
        self._given: dict[str, Any] = {}
        self._ids = list(prompt)
        if model.sequence_to_sequence:
            self._given["encoder_hidden_states"] = model.encode(ids=model.ids(prompt)).states
            self._ids = [model.decoder_start]

    def next_logits(self) -> Tensor:
        """Raw logits (vocabulary) of what comes next, float32."""
        if self._past is not None:
            self._given["past_key_values"] = self._past
        pending = self._ids if self._past is None else self._ids[-1:]
        output = self._model.body(input_ids=self._model.ids(pending), use_cache=True, return_dict=True, **self._given)
        self._past = getattr(output, "past_key_values", None)
        return self._model.logits(output.last_hidden_state[0, -1])

    def append(self, id: int) -> None:
        """The token that was chosen."""
        self._ids.append(id)
