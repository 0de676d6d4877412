"""A method that does not end by itself, and may not even listen."""

import time
from typing import Annotated, ClassVar

import torch
from pydantic import Field

from workers.contract import Lens, PanelKind
from workers.core.method import Findings, Method
from workers.core.passes import Passes


class Endless(Method):
    """Holds memory until it is ended."""

    key: ClassVar[str] = "endless"
    name: ClassVar[str] = "Endless"
    lens: ClassVar[Lens] = Lens.IMPORTANCE
    reads: ClassVar[str] = "Nothing."
    produces: ClassVar[tuple[PanelKind, ...]] = ()

    mebibytes: Annotated[int, Field(ge=1, le=100_000, description="How much it holds.")] = 1
    listens: Annotated[bool, Field(description="Whether it hears that it is cancelled.")] = True

    def run(self, passes: Passes) -> Findings:
        """Go on and on."""
        held = torch.ones(self.mebibytes * 2**18)
        while len(held):
            time.sleep(0.05)
            if self.listens:
                passes.report("Going on", 0.5)
        raise AssertionError
