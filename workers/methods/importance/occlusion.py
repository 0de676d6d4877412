"""Occlusion: what the target loses when one unit at a time is covered."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from workers.contract import Ability, Guide, Lens, PanelKind, Paper, Refusal, Step, WorkedExample
from workers.contract.cost import MethodCost, Term
from workers.core.attribution import attribution_findings, explain, unit_of
from workers.core.method import FORWARD, Findings, Method
from workers.core.objectives import ClassObjective
from workers.core.passes import Passes

_REPORTED = 64
"""Variants between two reports of progress."""


class Occlusion(Method):
    """How much the target drops when a unit is covered: f(input) − f(input without it), one unit at a time.

    Text: a token is replaced by the mask token (else the unknown, padding or end token), by padding, or deleted.
    Images: a patch is painted over. No gradients and no estimates: each number is a difference of two runs of the
    model, which makes it the sanity check of all others. Two units that can stand in for each other both get
    little, because covering either alone changes little.
    """

    key: ClassVar[str] = "occlusion"
    name: ClassVar[str] = "Occlusion"
    lens: ClassVar[Lens] = Lens.IMPORTANCE
    reads: ClassVar[str] = (
        "Blue: covering the unit lowers the target, so it spoke for it; orange: covering it raises the target."
    )
    caveat: ClassVar[str] = "Covered inputs are unusual ones, and units that repeat each other hide each other."
    paper: ClassVar[str] = "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks (ECCV)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Each number is an experiment that you could repeat by hand: the target with the unit, less the "
            "target without it. Start with the strongest unit, then look whether its neighbours say the same "
            "thing."
        ),
        example=WorkedExample(
            setting=(
                "A model scores “not good”: the score is −3 for each unit of “not” and 2 for each of “good”. "
                "“not” counts 0.5, “good” counts 1."
            ),
            given={"weights": [-3.0, 2.0], "inputs": [0.5, 1.0]},
            steps=[
                Step(does="Score of the whole text", formula="−3 · 0.5 + 2 · 1", gives=0.5),
                Step(does="Score without “not”", formula="2 · 1", gives=2),
                Step(does="“not”: whole less covered", formula="0.5 − 2", gives=-1.5),
                Step(does="Score without “good”", formula="−3 · 0.5", gives=-1.5),
                Step(does="“good”: whole less covered", formula="0.5 + 1.5", gives=2),
            ],
            means=(
                "“good” speaks for the target and “not” against it. In a linear model the numbers add up to the "
                "score; in a deep one they need not."
            ),
        ),
        distrust=(
            "When two units say the same: covering one changes nothing, so both look unimportant. And where "
            "covering makes an input that no one would write, the model answers about that input. Ask for its "
            "faithfulness."
        ),
        papers=[
            Paper(
                citation="Zeiler & Fergus: Visualizing and Understanding Convolutional Networks, ECCV 2014",
                year=2013,
                id="arXiv:1311.2901",
            )
        ],
    )
    inputs: ClassVar = ("text", "image")
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (
        frozenset({Ability.NEXT_TOKEN}),
        frozenset({Ability.IMAGE_CLASSES, Ability.PATCHES}),
    )
    explains: ClassVar[bool] = True
    additive: ClassVar[bool] = True
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "links")
    background: ClassVar[bool] = True
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=1), Term(of=["units"])],
        most=[FORWARD, Term(of=["targets"]), Term(of=["units", "targets"])],
        tokens=512,
    )

    replacement: Annotated[
        Literal["mask", "pad", "delete"], Field(description="What covers a token: mask, padding, or its deletion.")
    ] = "mask"
    patch: Annotated[
        Literal["grey", "mean"], Field(description="What covers a patch: middle grey, or the picture's mean colour.")
    ] = "grey"

    def run(self, passes: Passes) -> Findings:
        """Track `attribution` (drop of the target's quantity), links with one full row per target."""
        found = []
        for objective in passes.objectives:
            rows = objective.varied
            if not rows:
                raise Refusal("nothing-to-cover", "There is no unit before the target that could be covered.")
            cover = self.patch if isinstance(objective, ClassObjective) else self.replacement
            values = objective.original()
            drops = np.full((len(objective.targets), len(objective.places)), np.nan, np.float32)
            for done in range(0, len(rows), _REPORTED):
                passes.report(f"Covering {len(rows)} units", done / len(rows))
                part = rows[done : done + _REPORTED]
                drops[:, part] = (values - objective.replaced(part, cover)).T.cpu().numpy()
            found += explain(objective, list(drops), values.tolist())
        first = passes.objectives[0]
        return attribution_findings(first.strips, found, unit=unit_of(first))
