"""Statistics of row chunks, put together as arrays over all rows."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Array = npt.NDArray[np.float32]
S = TypeVar("S", bound=Hashable)


class Gathering(Generic[S]):
    """Collects what each of some statistics says of one chunk of rows after the other."""

    def __init__(self, statistics: Sequence[S]) -> None:
        self._found: dict[S, dict[str, list[Tensor]]] = {statistic: {} for statistic in statistics}

    def add(self, said: Mapping[S, Mapping[str, Tensor]]) -> None:
        """One more chunk: named tensors (rows, …) of each statistic."""
        for statistic, named in said.items():
            for name, values in named.items():
                self._found[statistic].setdefault(name, []).append(values.float().cpu())

    def arrays(self) -> dict[S, dict[str, Array]]:
        """Everything so far, chunk after chunk: arrays (rows, …)."""
        return {
            statistic: {name: torch.cat(values).numpy() for name, values in named.items()}
            for statistic, named in self._found.items()
        }
