"""Masked encoders: each token is hidden in turn and read where it was, with everything else in sight.

Salazar, Liang, Nguyen and Kirchhoff, "Masked Language Model Scoring" (ACL 2020): the sum of these log-probabilities
is a pseudo-log-likelihood; no chain rule holds between them.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from workers.models.language import LanguageModel

MASKED = (
    "Each token was masked in turn and read with all others in sight: a pseudo-likelihood, which is not to be compared "
    "with that of a model that reads from left to right."
)
_TOKENS = 4096
"""Tokens in a batch of masked copies."""


def masked_states(
    model: LanguageModel, ids: list[int], tokens: Sequence[int], report: Callable[[str, float | None], None]
) -> Tensor:
    """The final hidden state (tokens, width) of each of these tokens where it alone is masked."""
    rows = max(1, _TOKENS // max(1, len(ids)))
    whole = model.ids(ids)[0]
    states = []
    for start in range(0, len(tokens), rows):
        part = torch.tensor(list(tokens[start : start + rows]), device=whole.device)
        each = torch.arange(len(part), device=whole.device)
        batch = whole.repeat(len(part), 1)
        batch[each, part] = model.mask_id
        states.append(model.encoded(batch)[each, part])
        report("Reading with each token masked", (start + len(part)) / len(tokens))
    return torch.cat(states) if states else model.encoded(whole[None])[0, :0]
