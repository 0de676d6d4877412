"""Guides: how a method's result is read, worked through once with small numbers, and when not to trust it."""

from pydantic import Field

from workers.contract.base import Contract


class Paper(Contract):
    """Where a method is described. `id` is `arXiv:…` or `doi:…`, empty where a work has neither."""

    citation: str
    year: int
    id: str = ""


class Step(Contract):
    """One line of a worked example: what is done, its arithmetic, and what comes out (rounded as it is shown).

    `formula` is arithmetic that a test evaluates: numbers, + − · / ^ ( ), `ln`, `exp`, `√`, `min`, `max`, `|…|`.
    """

    does: str
    formula: str
    gives: float


class WorkedExample(Contract):
    """The method's mathematics on two or three tokens.

    `given` are the numbers of `setting` by name: a method's own test computes `result` from them anew.
    """

    setting: str
    given: dict[str, float | list[float] | list[list[float]]]
    steps: list[Step] = Field(min_length=1)
    means: str

    @property
    def result(self) -> float:
        """What the last step gives."""
        return self.steps[-1].gives


class Guide(Contract):
    """How to read a method's result. `how` says where to look first, `distrust` when not to believe what is seen."""

    how: str
    example: WorkedExample
    distrust: str
    papers: list[Paper] = Field(min_length=1)
