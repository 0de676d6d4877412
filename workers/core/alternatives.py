"""What else a model would have said: the panel that every method with a `Top` statistic can show."""

import numpy as np
import numpy.typing as npt

from workers.contract import AlternativesPanel, Candidate, encode_bytes
from workers.models.language import LanguageModel

Array = npt.NDArray[np.float32]


def alternatives(model: LanguageModel, strip: str, ids: Array, probabilities: Array) -> AlternativesPanel:
    """The panel of the most probable tokens (units, k): each token once, and per unit the indices of its k."""
    known = ~np.isnan(ids)
    distinct, positions = np.unique(ids[known].astype(np.int64), return_inverse=True)
    choices = np.full(ids.shape, np.nan, np.float32)
    choices[known] = positions
    return AlternativesPanel(
        strip=strip,
        candidates=[candidate(model, int(id)) for id in distinct],
        choices=choices,
        probabilities=probabilities,
        covered=covered(probabilities),
    )


def covered(probabilities: Array) -> Array:
    """The mass that the most probable tokens (units, k) hold together (units); rounding never makes it more than 1."""
    total: Array = probabilities.sum(-1)
    return total.clip(max=1.0)


def candidate(model: LanguageModel, id: int) -> Candidate:
    """A token as it is shown among others."""
    tokenizer = model.tokenizer
    return Candidate(
        id=id,
        text=tokenizer.token_text(id),
        bytes=encode_bytes(tokenizer.token_bytes(id)),
        special=tokenizer.is_special(id),
    )
