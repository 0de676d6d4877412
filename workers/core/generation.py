"""How a model continues a text: its raw distribution, then temperature and nucleus, then a seeded draw.

The person's settings alone decide: whatever a model's generation config would add (penalties, suppressed or forced
tokens) is left out, so that the distribution that is shown is the one that was drawn from.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from workers.contract import Generate
from workers.core.decoding import Decoder
from workers.core.noise import gumbel
from workers.models.language import LanguageModel

_COLDEST = 1e-9
"""Below this temperature logits would overflow; the top token has all the mass long before."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A generated token and its raw probability at temperature 1."""

    id: int
    probability: float


def processed(logits: Tensor, settings: Generate) -> Tensor:
    """The distributions that are drawn from, float64: softmax(logits / temperature), cut to the nucleus (…, V)."""
    probabilities = (logits.double() / max(settings.temperature, _COLDEST)).softmax(-1)
    if settings.top_p >= 1:
        return probabilities
    ordered, order = probabilities.sort(dim=-1, descending=True)
    outside = ordered.cumsum(-1) - ordered >= settings.top_p
    ordered = ordered.masked_fill(outside, 0.0)
    return torch.zeros_like(probabilities).scatter(-1, order, ordered / ordered.sum(-1, keepdim=True))


def chosen(log_probabilities: Tensor, noise: Tensor) -> int:
    """The Gumbel-max of a distribution (V): a draw from it, given the noise."""
    return int((log_probabilities + noise).argmax())


@torch.no_grad()
def draw(model: LanguageModel, prompt: list[int], settings: Generate) -> Iterator[Drawn]:
    """Tokens one by one, until the model ends its text (the end token is not part of it) or the limit is reached.

    `settings.begin` comes first, whatever the model thinks of it; an end token in it ends the text there. Noise
    belongs to positions: a text that begins as it would have been drawn anyway goes on as it would have.
    """
    state = Decoder(model, prompt)
    forced = state.force(settings.begin)[0].exp()
    for id, probability in zip(settings.begin, forced.tolist(), strict=True):
        if id in model.end_ids:
            return
        yield Drawn(id, probability)
    for position in range(len(settings.begin), len(settings.begin) + settings.max_new_tokens):
        logits = state.next_logits()[0]
        if settings.do_sample:
            id = chosen(processed(logits, settings).log(), gumbel(settings.seed, position, len(logits)))
        else:
            id = int(logits.argmax())
        if id in model.end_ids:
            return
        yield Drawn(id, float((logits[id] - logits.logsumexp(-1)).exp()))
        state.append([id])
