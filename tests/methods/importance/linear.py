"""A model whose every importance is known: f(inputs) = Σ weights · inputs + constant."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workers.contract import ResolvedTarget, ScoresPanel, Strip, Unit
from workers.core.method import Findings
from workers.core.objectives import Objective, Place
from workers.core.objectives.base import BaselineKind
from workers.core.passes import Passes

UNITS, WIDTH = 5, 3


class Linear(Objective):
    """Two targets that are linear in five units of width three; the first unit is special."""

    def __init__(self) -> None:
        source = torch.Generator().manual_seed(1)
        self.weights = torch.randn((2, UNITS, WIDTH), generator=source)
        self.inputs = torch.randn((UNITS, WIDTH), generator=source)
        units = [Unit(kind="token", id=index, text="x", special=index == 0) for index in range(UNITS)]
        self.strips = [Strip(id="main", role="text", label="Text", units=units)]
        self.targets = [ResolvedTarget(strip="main", start=4, stop=5, quantity="logit") for _ in range(2)]
        self.places = [Place("main", index) for index in range(UNITS)]
        self.fixed = [0]

    def values(self, inputs: Tensor) -> Tensor:
        """Two sums per input."""
        return torch.einsum("bud,tud->bt", inputs, self.weights) + 7

    def distributions(self, inputs: Tensor) -> Tensor:
        """The two sums as two classes, the same for both targets."""
        return self.values(inputs).softmax(-1)[:, None].expand(-1, 2, -1)

    def baseline(self, kind: BaselineKind) -> Tensor:
        """Ones, but the special unit as it is."""
        return torch.cat([self.inputs[:1], torch.ones(UNITS - 1, WIDTH)])

    def replaced(self, rows: Sequence[int], replacement: str) -> Tensor:
        """One unit at a time becomes zero."""
        batch = self.inputs.repeat(len(rows), 1, 1)
        for index, row in enumerate(rows):
            batch[index, row] = 0
        return self.values(batch)

    def visible(self, target: int) -> npt.NDArray[np.bool_]:
        """Every unit."""
        return np.ones(UNITS, dtype=bool)


class _Asked:
    def __init__(self, objective: Objective) -> None:
        self.objectives = [objective]

    def report(self, message: str, fraction: float | None) -> None:
        """Nobody listens."""


def asked(objective: Objective) -> Passes:
    """Passes that hold one objective and nothing else."""
    return cast(Passes, _Asked(objective))


class Known(Linear):
    """One target: Σ weights · inputs to a power, in units of width one, as guides work it through by hand."""

    start = 0.0
    """What stands for nothing."""

    def __init__(self, weights: Sequence[float], inputs: Sequence[float], *, power: int = 1) -> None:
        super().__init__()
        self.power = power
        self.weights = torch.tensor(weights)[None, :, None]
        self.inputs = torch.tensor(inputs)[:, None]
        units = [Unit(kind="token", id=index, text="x") for index in range(len(inputs))]
        self.strips = [Strip(id="main", role="text", label="Text", units=units)]
        self.targets = [ResolvedTarget(strip="main", start=0, stop=1, quantity="logit")]
        self.places = [Place("main", index) for index in range(len(inputs))]
        self.fixed = []

    def values(self, inputs: Tensor) -> Tensor:
        """One sum per input."""
        return torch.einsum("bud,tud->bt", inputs**self.power, self.weights)

    def baseline(self, kind: BaselineKind) -> Tensor:
        """The same for every unit."""
        return torch.full_like(self.inputs, self.start)

    def visible(self, target: int) -> npt.NDArray[np.bool_]:
        """Every unit."""
        return np.ones(len(self.inputs), dtype=bool)


def scores_of(findings: Findings) -> list[float]:
    """The scores of every unit for the only target."""
    (panel,) = [panel for panel in findings.panels if isinstance(panel, ScoresPanel)]
    found: list[float] = panel.tracks[0].values.tolist()
    return found
