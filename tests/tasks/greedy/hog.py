"""A method that wants more memory than there is."""

from typing import Annotated, ClassVar

import torch
from pydantic import Field

from workers.contract import Figure, Lens, PanelKind
from workers.core.method import Findings, Method
from workers.core.passes import Passes


class Hog(Method):
    """Takes memory."""

    key: ClassVar[str] = "hog"
    name: ClassVar[str] = "Hog"
    lens: ClassVar[Lens] = Lens.IMPORTANCE
    reads: ClassVar[str] = "More is more."
    produces: ClassVar[tuple[PanelKind, ...]] = ()

    mebibytes: Annotated[int, Field(ge=1, le=100_000, description="How much.")] = 1

    def run(self, passes: Passes) -> Findings:
        """Take it, and give it back."""
        taken = torch.ones(self.mebibytes * 2**18)
        return Findings(strips=[], panels=[], figures={"sum": Figure(value=float(taken[:9].sum()), label="Sum")})
