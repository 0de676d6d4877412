"""From numbers per unit to numbers of a whole text: which units count, and their means."""

from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import Unit
from workers.core.text_passes import TextPasses

Over = Annotated[
    Literal["continuation", "all"],
    Field(description="What is summed up: what the model wrote (the whole text, where it wrote nothing), or all."),
]


def counted(text: TextPasses, over: Literal["continuation", "all"]) -> npt.NDArray[np.bool_]:
    """Which units of the scored strip are summed up: all that the model wrote, and what stands for text before it.

    What a tokenizer or a template puts around the text (special units of the prompt) is not.
    """
    units = text.scored.strip.units
    written = over == "continuation" and any(unit.segment == "generated" for unit in units)

    def counts(unit: Unit) -> bool:
        if unit.id is None:
            return False
        return unit.segment == "generated" or not (written or unit.special)

    return np.array([counts(unit) for unit in units], dtype=bool)


def mean(values: npt.NDArray[np.floating]) -> float | None:
    """The mean of what has a value, in double precision; None where nothing has."""
    known = values[~np.isnan(values)]
    return float(known.astype(np.float64).mean()) if known.size else None


def largest(values: npt.NDArray[np.floating], least: float = 0.0) -> float:
    """The upper end of a domain: the largest value, but no less than `least`; 1 where there is no value."""
    return max(least, float(np.nanmax(values))) if np.isfinite(values).any() else max(least, 1.0)


IMPOSSIBLE = "Tokens that the model holds impossible (probability 0) have no logarithm and are left out."


def possible(log_probability: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """ln p with no value where p is 0."""
    return np.where(np.isneginf(log_probability), np.float32(np.nan), log_probability)
