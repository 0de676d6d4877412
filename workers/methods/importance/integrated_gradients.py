"""Integrated gradients: the target's change from a baseline, shared out over the units."""

from typing import Annotated, ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from scipy.special import roots_legendre
from torch import Tensor

from workers.contract import Ability, Figure, Guide, Lens, PanelKind, Paper, Step, WorkedExample
from workers.contract.cost import MethodCost, Term
from workers.core.attribution import attribution_findings, explain, unit_of
from workers.core.gradients import gradients
from workers.core.method import FORWARD, Findings, Method
from workers.core.objectives import Objective
from workers.core.passes import Passes

_BATCH_UNITS = 512
"""Units of one batch of steps: a backward pass keeps every layer's activations of all of them."""
_FLOOR = 0.1
"""A change smaller than this [nat or logit] says nothing about relative gaps."""


class IntegratedGradients(Method):
    """How much of the target's change from a baseline each unit accounts for: gradients averaged along the way.

    Σ of the attributions equals f(input) − f(baseline); what is missing is the `completeness_gap`, shown with every
    result. The steps are doubled until the gap is below the tolerance or the limit is reached. The mean embedding
    is the default baseline: from a zero vector Llama-type models leave gaps that no number of steps closes.
    """

    key: ClassVar[str] = "integrated_gradients"
    name: ClassVar[str] = "Integrated gradients"
    lens: ClassVar[Lens] = Lens.IMPORTANCE
    reads: ClassVar[str] = (
        "Blue raised the target above what the baseline gives, orange lowered it; together they are the whole change."
    )
    caveat: ClassVar[str] = "Depends on the baseline. Special tokens keep their vectors and get no value."
    paper: ClassVar[str] = "Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep Networks (ICML)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Check the completeness gap first: the colours should add up to the change from the baseline. Then "
            "read the strongest units, and remember what they are compared with."
        ),
        example=WorkedExample(
            setting=(
                "A model's score is the square of its one input, which is 3. The baseline is 0. The gradient is "
                "looked at in two places on the way, at 0.634 and 2.366."
            ),
            given={"input": 3.0, "baseline": 0.0, "steps": 2},
            steps=[
                Step(does="Gradient × input would say", formula="2 · 3 · 3", gives=18),
                Step(does="Mean gradient on the way", formula="(2 · 0.634 + 2 · 2.366) / 2", gives=3),
                Step(does="Times the way", formula="3 · (3 − 0)", gives=9),
                Step(does="Change of the score, to compare", formula="3^2 − 0^2", gives=9),
            ],
            means=(
                "The gradient at the end alone is twice too large. Averaged along the way it gives exactly the "
                "change of the score."
            ),
        ),
        distrust=(
            "When the completeness gap is large, or when the picture changes with the baseline: then it shows "
            "the baseline, not the text. Units that are like the baseline get nothing, even if they matter."
        ),
        papers=[
            Paper(
                citation="Sundararajan, Taly & Yan: Axiomatic Attribution for Deep Networks, ICML",
                year=2017,
                id="arXiv:1703.01365",
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
        passes=[FORWARD, Term(times=2), Term(times=2, of=["n_steps"])],
        most=[FORWARD, Term(times=2, of=["targets"]), Term(times=2, of=["max_steps", "targets"])],
        backward=[Term(times=2, of=["n_steps", "targets"])],
        backward_most=[Term(times=2, of=["max_steps", "targets"])],
        tokens=_BATCH_UNITS,
    )

    n_steps: Annotated[int, Field(ge=2, le=1000, description="Points on the way (Gauss–Legendre).")] = 50
    max_steps: Annotated[
        int, Field(ge=2, le=4000, description="Steps are doubled up to this many while the gap is too large.")
    ] = 800
    tolerance: Annotated[
        float, Field(ge=0, le=1, description="The largest completeness gap that is good enough, as a share.")
    ] = 0.02
    baseline: Annotated[
        Literal["mean", "zero", "pad", "blurred"],
        Field(
            description="What stands for nothing: mean (of embeddings, or colour), zero, padding (text), blur (images)."
        ),
    ] = "mean"

    def run(self, passes: Passes) -> Findings:
        """Track `attribution` [signed], links, figures `completeness_gap` and `steps`."""
        found, gaps, steps = [], [], []
        for objective in passes.objectives:
            scores, values, gap, used = self._attribute(objective, passes)
            found += explain(objective, list(scores.cpu().numpy()), values.tolist())
            gaps.append(gap)
            steps.append(used)
        first = passes.objectives[0]
        figures = {
            "completeness_gap": Figure(value=max(gaps), label="Completeness gap", domain=(0.0, None)),
            "steps": Figure(value=float(max(steps)), label="Steps", domain=(1.0, None)),
        }
        caveat = self.caveat
        if max(gaps) > self.tolerance:
            caveat = f"The attributions miss {max(gaps):.0%} of the change they should add up to. {caveat}"
        return attribution_findings(first.strips, found, unit=unit_of(first), figures=figures, caveat=caveat)

    def _attribute(self, objective: Objective, passes: Passes) -> tuple[Tensor, Tensor, float, int]:
        start = objective.baseline(self.baseline)
        with torch.no_grad():
            ends = torch.cat([objective.values(one[None]) for one in (start, objective.inputs)])
        change = ends[1] - ends[0]
        steps = self.n_steps
        while True:
            scores = self._integrate(objective, start, steps, passes)
            missing = (_seen(objective, scores).sum(-1) - change).abs()
            gap = float((missing / change.abs().clamp_min(_FLOOR)).max())
            if gap <= self.tolerance or steps * 2 > self.max_steps:
                return scores, ends[1], gap, steps
            steps *= 2

    def _integrate(self, objective: Objective, start: Tensor, steps: int, passes: Passes) -> Tensor:
        """∫ of the gradients from `start` to the inputs, times the way: (targets, units)."""
        nodes, weights = roots_legendre(steps)
        way = objective.inputs - start
        points = torch.from_numpy((nodes + 1) / 2).to(start.device, start.dtype)
        shares = torch.from_numpy(weights / 2).to(start.device, torch.float32)
        total = torch.zeros((len(objective.targets), *start.shape), device=start.device)
        size = max(1, _BATCH_UNITS // max(1, len(start)))
        for done in range(0, steps, size):
            passes.report(f"Integrating, {steps} steps", done / steps)
            along = points[done : done + size, None, None]
            slopes = gradients(objective, start + along * way)[1]
            total += torch.einsum("b,tbud->tud", shares[done : done + size], slopes)
        return (total * way.float()).sum(-1)


def _seen(objective: Objective, scores: Tensor) -> Tensor:
    masks = np.stack([objective.visible(target) for target in range(len(scores))])
    return scores * torch.from_numpy(masks).to(scores.device)
