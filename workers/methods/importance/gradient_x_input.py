"""Gradient × input: the first-order effect of every unit's vector on the target."""

from typing import ClassVar

import torch

from workers.contract import Ability, Guide, Lens, PanelKind, Paper, Step, WorkedExample
from workers.contract.cost import MethodCost, Term
from workers.core.attribution import attribution_findings, explain, unit_of
from workers.core.gradients import gradients
from workers.core.method import FORWARD, Findings, Method
from workers.core.passes import Passes


class GradientXInput(Method):
    """Which units the target hangs on, by one backward pass: Σ over a unit's vector of gradient × value.

    The vector is a token's embedding or a patch's pixels. For a linear model this is exactly each unit's share;
    in a deep one it is what an infinitesimal shrinking of the unit would take from the target, so it is quick and
    noisy. The sign is kept: positive units speak for the target, negative ones against it.
    """

    key: ClassVar[str] = "gradient_x_input"
    name: ClassVar[str] = "Gradient × input"
    lens: ClassVar[Lens] = Lens.IMPORTANCE
    reads: ClassVar[str] = (
        "Blue speaks for the target, orange against it; the stronger the colour, the larger the share."
    )
    caveat: ClassVar[str] = "A first-order estimate at one point: noisy in deep models. Compare it with occlusion."
    paper: ClassVar[str] = "Shrikumar, Greenside, Shcherbina & Kundaje 2016, Not Just a Black Box (arXiv 1605.01713)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "A quick first look, by one backward pass. Trust the strong and plain patterns, not single weak "
            "tokens, and check the strongest with occlusion."
        ),
        example=WorkedExample(
            setting=(
                "A model scores “not good”: the score is −3 for each unit of “not” and 2 for each of “good”. "
                "“not” counts 0.5, “good” counts 1."
            ),
            given={"weights": [-3.0, 2.0], "inputs": [0.5, 1.0]},
            steps=[
                Step(does="“not”: gradient · input", formula="−3 · 0.5", gives=-1.5),
                Step(does="“good”: gradient · input", formula="2 · 1", gives=2),
                Step(does="Together", formula="−1.5 + 2", gives=0.5),
            ],
            means=(
                "In this linear model the two numbers are exactly the shares of the score. In a deep model they "
                "are the slope at one point only."
            ),
        ),
        distrust=(
            "Where the model is saturated: a unit that decides everything can have the gradient 0. And in deep "
            "models, where neighbouring inputs have very different gradients."
        ),
        papers=[
            Paper(
                citation=(
                    "Shrikumar et al.: Not Just a Black Box, Learning Important Features Through Propagating "
                    "Activation Differences"
                ),
                year=2016,
                id="arXiv:1605.01713",
            )
        ],
    )
    inputs: ClassVar = ("text", "image")
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (
        frozenset({Ability.TEXT_GRADIENT}),
        frozenset({Ability.IMAGE_GRADIENT, Ability.PATCHES}),
    )
    explains: ClassVar[bool] = True
    additive: ClassVar[bool] = True
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "links")
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=1)],
        most=[FORWARD, Term(of=["targets"])],
        backward=[Term(of=["targets"])],
    )

    def run(self, passes: Passes) -> Findings:
        """Track `attribution` [signed], links with one full row per target."""
        found = []
        for objective in passes.objectives:
            values, slopes = gradients(objective, objective.inputs[None])
            scores = torch.einsum("tbud,ud->tbu", slopes, objective.inputs.float())[:, 0]
            found += explain(objective, list(scores.cpu().numpy()), values[0].tolist())
        first = passes.objectives[0]
        return attribution_findings(first.strips, found, unit=unit_of(first))
